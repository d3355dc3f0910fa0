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

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import io.distributedtask.Assignments;
import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.Assignments.Source;
import io.distributedtask.DistributedTasks;
import io.distributedtask.Membership;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskWork;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bean that is used when {@code distributed-task.enabled} is {@code false}: an
 * instance that is in no group, owns nothing, and reports why. Code that registers tasks
 * works unchanged, and its tasks never run; operations on the group are rejected.
 */
class DisabledDistributedTasks implements DistributedTasks {

	static final String REASON = "Distributed tasks are disabled on this instance: 'distributed-task.enabled' is false";

	private static final Logger logger = LoggerFactory.getLogger(DisabledDistributedTasks.class);

	private final String groupId;

	private final Supplier<String> instance;

	private final AtomicBoolean told = new AtomicBoolean();

	DisabledDistributedTasks(String groupId, Supplier<String> instance) {
		this.groupId = groupId;
		this.instance = instance;
	}

	@Override
	public boolean isOwner(String task, int shard) {
		return false;
	}

	@Override
	public Assignments assignments() {
		return new Assignments(new Assignments.Group(this.groupId, GroupStatus.STOPPED, -1, null, null, REASON),
				this.instance.get(), Source.LOCAL, Instant.now(), List.of(), List.of());
	}

	@Override
	public Membership membership() {
		return new Membership(this.instance.get(), GroupStatus.STOPPED, -1, null, 0, List.of(), REASON, false);
	}

	@Override
	public void pause(String task) {
		throw disabled();
	}

	@Override
	public void resume(String task) {
		throw disabled();
	}

	@Override
	public void pauseAll() {
		throw disabled();
	}

	@Override
	public void resumeAll() {
		throw disabled();
	}

	@Override
	public String run(String task, int shard) {
		throw disabled();
	}

	@Override
	public void move(String task, int shard, String instance) {
		throw disabled();
	}

	@Override
	public void clear(String task, int shard) {
		throw disabled();
	}

	@Override
	public void drain(String instance) {
		throw disabled();
	}

	@Override
	public void undrain(String instance) {
		throw disabled();
	}

	@Override
	public void rebalance(String reason) {
		throw disabled();
	}

	private static IllegalStateException disabled() {
		return new IllegalStateException(REASON + ". Ask another instance of the group, or set it to true");
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
