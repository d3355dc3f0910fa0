/*
 * Copyright 2026 the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.distributedtask.autoconfigure;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskWork;
import io.distributedtask.internal.engine.TaskEngine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bean that is used when {@code distributed-task.enabled} is {@code false}: an
 * instance that is in no group, owns nothing, and reports why. Code that registers tasks
 * works unchanged, and its tasks never run; operations on the group are rejected.
 */
class DisabledDistributedTasks extends InstanceTasks {

	static final String REASON = "Distributed tasks are disabled on this instance: 'distributed-task.enabled' is false";

	private static final Logger logger = LoggerFactory.getLogger(DisabledDistributedTasks.class);

	private final AtomicBoolean told = new AtomicBoolean();

	DisabledDistributedTasks(String groupId, Supplier<String> instance) {
		super(groupId, instance, GroupStatus.STOPPED, REASON);
	}

	@Override
	@Nullable TaskEngine engine() {
		return null;
	}

	@Override
	IllegalStateException refusal() {
		return new IllegalStateException(REASON + ". Ask another instance of the group, or set it to true");
	}

	@Override
	public void rebalance(String reason) {
		throw refusal();
	}

	@Override
	public void registerAll(Map<TaskDefinition, TaskWork> tasks) {
		if (!tasks.isEmpty() && !this.told.getAndSet(true)) {
			logger.warn("{}. Tasks that are registered here never run, the first of them are {}", REASON,
					tasks.keySet().stream().map(TaskDefinition::name).sorted().limit(10).toList());
		}
	}

	@Override
	public int unregisterAll(Collection<String> names) {
		return 0;
	}

}
