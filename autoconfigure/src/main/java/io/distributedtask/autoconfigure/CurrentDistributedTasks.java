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

import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskWork;
import io.distributedtask.internal.engine.TaskEngine;
import org.jspecify.annotations.Nullable;

/**
 * The tasks as the engine that was started last sees them. Before the first start this
 * instance owns nothing and is on its way into the group.
 */
class CurrentDistributedTasks extends InstanceTasks {

	private final TaskEngineLifecycle lifecycle;

	private final RuntimeTasks runtimeTasks;

	CurrentDistributedTasks(TaskEngineLifecycle lifecycle, TaskEngineFactory engines, RuntimeTasks runtimeTasks) {
		super(engines.groupId(), engines::instanceName, GroupStatus.JOINING, null);
		this.lifecycle = lifecycle;
		this.runtimeTasks = runtimeTasks;
	}

	@Override
	@Nullable TaskEngine engine() {
		return this.lifecycle.current();
	}

	@Override
	IllegalStateException refusal() {
		return new IllegalStateException("Instance '%s' has not been started yet: try again".formatted(instance()));
	}

	@Override
	public void rebalance(String reason) {
		TaskEngine engine = engine();
		if (engine != null) {
			engine.rebalance(reason);
		}
	}

	@Override
	public void registerAll(Map<TaskDefinition, TaskWork> tasks) {
		this.runtimeTasks.register(tasks, "a call of DistributedTasks.register");
	}

	@Override
	public int unregisterAll(Collection<String> names) {
		return this.runtimeTasks.unregister(names);
	}

}
