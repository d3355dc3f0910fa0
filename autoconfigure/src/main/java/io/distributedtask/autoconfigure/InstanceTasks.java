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
import java.util.List;
import java.util.function.Supplier;

import io.distributedtask.Assignments;
import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.Assignments.Source;
import io.distributedtask.DistributedTasks;
import io.distributedtask.Membership;
import io.distributedtask.internal.engine.GroupOperations;
import io.distributedtask.internal.engine.TaskEngine;
import org.jspecify.annotations.Nullable;

/**
 * The tasks as the engine of this instance sees them, while there is one.
 */
abstract class InstanceTasks implements DistributedTasks {

	private final String groupId;

	private final Supplier<String> instance;

	private final GroupStatus state;

	private final @Nullable String problem;

	/**
	 * Create tasks.
	 * @param groupId the group
	 * @param instance finds the name of the instance
	 * @param state the state while there is no engine
	 * @param problem why there is none, {@code null} if that is no problem
	 */
	InstanceTasks(String groupId, Supplier<String> instance, GroupStatus state, @Nullable String problem) {
		this.groupId = groupId;
		this.instance = instance;
		this.state = state;
		this.problem = problem;
	}

	/**
	 * The engine.
	 * @return the engine, {@code null} if there is none
	 */
	abstract @Nullable TaskEngine engine();

	/**
	 * Why nothing can be asked of the group while there is no engine.
	 */
	abstract IllegalStateException refusal();

	String instance() {
		return this.instance.get();
	}

	@Override
	public boolean isOwner(String task, int shard) {
		TaskEngine engine = engine();
		return engine != null && engine.isOwner(task, shard);
	}

	@Override
	public Assignments assignments() {
		TaskEngine engine = engine();
		return (engine != null) ? engine.assignments()
				: new Assignments(new Assignments.Group(this.groupId, this.state, -1, null, null, this.problem),
						instance(), Source.LOCAL, Instant.now(), List.of(), List.of());
	}

	@Override
	public Membership membership() {
		TaskEngine engine = engine();
		return (engine != null) ? engine.membership()
				: new Membership(instance(), this.state, -1, null, 0, List.of(), this.problem, false);
	}

	private GroupOperations operations() {
		TaskEngine engine = engine();
		if (engine == null) {
			throw refusal();
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

}
