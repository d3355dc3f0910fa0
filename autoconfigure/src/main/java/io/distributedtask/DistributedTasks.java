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
 * The tasks of the group as this instance sees them, and what can be asked of the whole
 * group from here. There is always a bean of this type: with
 * {@code distributed-task.enabled=false} it owns nothing, registers nothing, has the
 * state {@link Assignments.GroupStatus#STOPPED} with a problem that says so, and refuses
 * what is asked of the group. Each context of a hierarchy has its own. All methods may be
 * called from any thread.
 * <p>
 * <strong>What is asked of the group</strong> (pause, move, run, drain and their
 * contraries) is in effect on every instance within two heartbeat intervals. Of requests
 * that contradict each other the last one counts, on every instance the same. They last
 * until they are taken back, and as long as one instance of the group lives; nothing is
 * stored. <strong>Exceptions:</strong> {@link java.util.NoSuchElementException} for a
 * task or an instance that the group does not know, {@link IllegalArgumentException} for
 * what can never work, {@link IllegalStateException} for what does not work now, above
 * all because this instance is not in the group at the moment; the message says why.
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
	 * Hold a task back from running, on whatever instance owns it. It keeps its owner. A
	 * scheduled run in progress ends by itself, and instants that pass meanwhile are left
	 * out for good; what runs for as long as it is owned (a continuous method, a
	 * listener, a {@link org.springframework.context.Lifecycle}) is ended as if the shard
	 * were handed over, and begun anew when the task is resumed.
	 * @param task the name of the task
	 */
	void pause(String task);

	/**
	 * Let a task run again that was paused by itself. It does not run while the whole
	 * group is paused.
	 * @param task the name of the task
	 */
	void resume(String task);

	/**
	 * Hold every task of the group back from running, also those that come later: one
	 * switch for maintenance.
	 */
	void pauseAll();

	/**
	 * Let the tasks of the group run again, except those that were paused by themselves.
	 */
	void resumeAll();

	/**
	 * Run a shard of a scheduled task once, now, on its owner; a continuous method is
	 * called again if it has returned or waits after a failure. Exactly one run follows,
	 * also for several requests that come before it has begun; none if the owner crashes
	 * before anybody knows whether it has begun. Of a task that is neither, an instance
	 * that does not run it itself cannot tell: the owner then says in its log that
	 * nothing was run.
	 * @param task the name of the task
	 * @param shard the shard
	 * @return the name of the owner
	 */
	String run(String task, int shard);

	/**
	 * Give a shard to an instance, and leave it there whatever the assignor would do,
	 * until the move is {@linkplain #clear cleared} or the instance leaves. While the
	 * instance may not run the shard the assignor decides.
	 * @param task the name of the task
	 * @param shard the shard
	 * @param instance the name of the instance
	 */
	void move(String task, int shard, String instance);

	/**
	 * Leave it to the assignor again where a shard is.
	 * @param task the name of the task
	 * @param shard the shard
	 */
	void clear(String task, int shard);

	/**
	 * Let an instance give back all it owns, and give it nothing; it stays in the group.
	 * That lasts until it is {@linkplain #undrain ended}, or the instance has been away
	 * for a day.
	 * @param instance the name of the instance
	 */
	void drain(String instance);

	/**
	 * Let an instance take part again.
	 * @param instance the name of the instance
	 */
	void undrain(String instance);

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
