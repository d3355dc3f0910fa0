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

import io.distributedtask.Assignments;
import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.Assignments.Source;
import io.distributedtask.DistributedTasks;
import io.distributedtask.Membership;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskWork;
import io.distributedtask.internal.engine.GroupOperations;
import io.distributedtask.internal.engine.TaskEngine;
import org.jspecify.annotations.Nullable;

/**
 * The tasks as the coordinator that was started last sees them. Before the first start
 * this instance owns nothing and is on its way into the group.
 */
class CurrentDistributedTasks implements DistributedTasks {

	private final TaskEngineLifecycle lifecycle;

	private final TaskEngineFactory engines;

	private final RuntimeTasks runtimeTasks;

	CurrentDistributedTasks(TaskEngineLifecycle lifecycle, TaskEngineFactory engines, RuntimeTasks runtimeTasks) {
		this.lifecycle = lifecycle;
		this.engines = engines;
		this.runtimeTasks = runtimeTasks;
	}

	@Override
	public boolean isOwner(String task, int shard) {
		TaskEngine engine = this.lifecycle.current();
		return engine != null && engine.isOwner(task, shard);
	}

	@Override
	public Assignments assignments() {
		TaskEngine engine = this.lifecycle.current();
		return (engine != null) ? engine.assignments()
				: new Assignments(
						new Assignments.Group(this.engines.groupId(), GroupStatus.JOINING, -1, null, null, null),
						this.engines.instanceName(), Source.LOCAL, Instant.now(), List.of(), List.of());
	}

	@Override
	public Membership membership() {
		TaskEngine engine = this.lifecycle.current();
		return (engine != null) ? engine.membership()
				: new Membership(this.engines.instanceName(), GroupStatus.JOINING, -1, null, 0, List.of(), null, false);
	}

	private GroupOperations operations() {
		TaskEngine engine = this.lifecycle.current();
		if (engine == null) {
			throw new IllegalStateException(
					"Instance '%s' has not been started yet: try again".formatted(this.engines.instanceName()));
		}
		return engine.operations();
	}

	@Override
	public void pause(String task) {
		operations().pause(task, true);
	}

	@Override
	public void resume(String task) {
		operations().pause(task, false);
	}

	@Override
	public void pauseAll() {
		operations().pauseAll(true);
	}

	@Override
	public void resumeAll() {
		operations().pauseAll(false);
	}

	@Override
	public String run(String task, int shard) {
		return operations().run(task, shard);
	}

	@Override
	public void move(String task, int shard, String instance) {
		operations().move(task, shard, instance);
	}

	@Override
	public void clear(String task, int shard) {
		operations().clear(task, shard);
	}

	@Override
	public void drain(String instance) {
		operations().drain(instance, true);
	}

	@Override
	public void undrain(String instance) {
		operations().drain(instance, false);
	}

	@Override
	public void rebalance(String reason) {
		@Nullable TaskEngine engine = this.lifecycle.current();
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
