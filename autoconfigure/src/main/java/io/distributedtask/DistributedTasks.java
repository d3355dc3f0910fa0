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

package io.distributedtask;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The tasks of the group as this instance sees them. A bean of this type is there unless
 * {@code distributed-task.enabled} is {@code false}. All methods may be called from any
 * thread.
 *
 * @since 0.1.0
 */
public interface DistributedTasks {

	/**
	 * Whether this instance owns shard 0 of a task now. Looks at memory and clocks only.
	 * @param task the name of the task
	 * @return whether this instance owns it; {@code false} for a task that it does not
	 * know
	 */
	default boolean isOwner(String task) {
		return isOwner(task, 0);
	}

	/**
	 * Whether this instance owns a shard of a task now. Looks at memory and clocks only.
	 * @param task the name of the task
	 * @param shard the shard
	 * @return whether this instance owns it; {@code false} for a shard that it does not
	 * know
	 */
	boolean isOwner(String task, int shard);

	/**
	 * The whole group: instances, tasks, and who owns what. Asks the group's coordinator
	 * and waits for its answer for up to two seconds; without an answer the result is
	 * this instance's own view, marked {@link Assignments.Source#LOCAL}.
	 * @return an immutable snapshot
	 */
	Assignments assignments();

	/**
	 * This instance's own standing in the group. Looks at memory and clocks only.
	 * @return an immutable snapshot
	 */
	Membership membership();

	/**
	 * Ask the group to compute its assignment anew.
	 * @param reason why, for the log of the group
	 */
	void rebalance(String reason);

	/**
	 * Add a task that this instance can run from now on. The group gives its shards to
	 * instances that have registered it, this one or others. Properties
	 * {@code distributed-task.tasks.<name>.*} override the definition, as they do that of
	 * an annotated task.
	 * @param definition the task
	 * @param work what it does
	 * @throws IllegalArgumentException if there is a task of this name on this instance,
	 * or the work does not fit; nothing has changed then
	 */
	default void register(TaskDefinition definition, TaskWork work) {
		registerAll(Map.of(definition, work));
	}

	/**
	 * Add tasks that this instance can run from now on, by one rebalance. See
	 * {@link #register(TaskDefinition, TaskWork)}.
	 * @param tasks the tasks and what they do
	 * @throws IllegalArgumentException if one of them cannot be added; none is added then
	 */
	void registerAll(Map<TaskDefinition, TaskWork> tasks);

	/**
	 * Remove a task that was registered on this instance at run time. What runs of it
	 * here is told to stop, as if it were revoked, and goes to another instance that has
	 * registered it. Returns at once.
	 * @param name the name of the task
	 * @return whether there was such a task
	 * @throws IllegalArgumentException if the task is an annotated one
	 */
	default boolean unregister(String name) {
		return unregisterAll(List.of(name)) > 0;
	}

	/**
	 * Remove tasks that were registered on this instance at run time, by one rebalance.
	 * See {@link #unregister(String)}.
	 * @param names the names of the tasks
	 * @return how many of them there were
	 * @throws IllegalArgumentException if one of the tasks is an annotated one; none is
	 * removed then
	 */
	int unregisterAll(Collection<String> names);

}
