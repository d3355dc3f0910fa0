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
 * The tasks of the group as this instance sees them, and operations on the whole group.
 * There is always a bean of this type: with {@code distributed-task.enabled=false} it
 * owns nothing, registers nothing, has the state {@link Assignments.GroupStatus#STOPPED}
 * with a problem that names the property, and rejects operations with an
 * {@link IllegalStateException}. Each context of a hierarchy has its own.
 * <p>
 * <strong>Threads:</strong> all methods may be called from any thread. {@code isOwner}
 * and {@code membership} never wait; {@code assignments} and the operations on the group
 * may wait for the coordinator for up to two seconds; no method waits for a rebalance or
 * for a task.
 * <p>
 * <strong>Operations on the group</strong> (pause, move, run, drain and their opposites)
 * take effect on every instance within two heartbeat intervals, while the brokers answer.
 * Of contradicting requests the last one wins, on every instance. A request stays in
 * effect until it is taken back or the last instance of the group stops; nothing is
 * stored. <strong>Exceptions:</strong> {@link java.util.NoSuchElementException} for a
 * task or an instance that the group does not know, {@link IllegalArgumentException} for
 * a request that can never succeed, {@link IllegalStateException} for one that is not
 * possible at the moment, usually because this instance is not in the group; the message
 * contains the reason.
 *
 * @since 0.1.0
 */
public interface DistributedTasks {

	/**
	 * Whether this instance owns shard 0 of a task now. Reads memory and clocks only,
	 * never the network.
	 * @param task the name of the task
	 * @return whether this instance owns it under a valid lease; {@code false} for a task
	 * that it does not know
	 */
	default boolean isOwner(String task) {
		return isOwner(task, 0);
	}

	/**
	 * Whether this instance owns a shard of a task now. Reads memory and clocks only,
	 * never the network.
	 * @param task the name of the task
	 * @param shard the number of the shard, from 0
	 * @return whether this instance owns it under a valid lease; {@code false} for a
	 * shard that it does not know
	 */
	boolean isOwner(String task, int shard);

	/**
	 * The whole group: instances, tasks, and the owner of each shard. Sends one request
	 * to the group coordinator and waits for its answer for up to two seconds; without an
	 * answer the result is this instance's own view, marked
	 * {@link Assignments.Source#LOCAL}.
	 * @return an immutable snapshot
	 */
	Assignments assignments();

	/**
	 * This instance's own membership in the group. Reads memory and clocks only, never
	 * the network.
	 * @return an immutable snapshot
	 */
	Membership membership();

	/**
	 * Pause a task, on whatever instances own its shards. The owners stay the same. A
	 * scheduled run in progress finishes, and instants that pass during the pause are
	 * skipped for good. Code that runs for as long as the shard is owned (a continuous
	 * method, a listener, a {@link org.springframework.context.Lifecycle}) is stopped as
	 * for a hand-over, and started again when the task is resumed.
	 * @param task the name of the task
	 */
	void pause(String task);

	/**
	 * Resume a task that was paused individually. It does not run while the whole group
	 * is paused.
	 * @param task the name of the task
	 */
	void resume(String task);

	/**
	 * Pause every task of the group, also those that are registered later, for
	 * maintenance.
	 */
	void pauseAll();

	/**
	 * Resume the tasks of the group, except those that were paused individually.
	 */
	void resumeAll();

	/**
	 * Run a shard of a scheduled task once, now, on its owner; a continuous method is
	 * called again if it has returned or waits after a failure. Exactly one run follows,
	 * also for several requests that arrive before it has begun; none if the owner
	 * crashes before it is known whether the run has begun. If the task is of another
	 * kind and this instance does not run it itself, the request is accepted, and the
	 * owner logs that nothing was run.
	 * @param task the name of the task
	 * @param shard the number of the shard, from 0
	 * @return the name of the owner
	 */
	String run(String task, int shard);

	/**
	 * Move a shard to an instance and keep it there, regardless of the assignor, until
	 * the move is {@linkplain #clear cleared} or the instance leaves. While the instance
	 * may not run the shard, the assignor decides.
	 * @param task the name of the task
	 * @param shard the number of the shard, from 0
	 * @param instance the name of the instance
	 */
	void move(String task, int shard, String instance);

	/**
	 * Clear the move of a shard, so that the assignor decides again.
	 * @param task the name of the task
	 * @param shard the number of the shard, from 0
	 */
	void clear(String task, int shard);

	/**
	 * Drain an instance: it hands over all its shards and gets no others, but stays in
	 * the group. The drain lasts until it is {@linkplain #undrain ended}, or until the
	 * instance has been away for a day.
	 * @param instance the name of the instance
	 */
	void drain(String instance);

	/**
	 * End the drain of an instance, so that it gets shards again.
	 * @param instance the name of the instance
	 */
	void undrain(String instance);

	/**
	 * Request a rebalance: all instances rejoin, and the leader calls the assignor again.
	 * Shards move only if the assignor's target differs from the present owners; with
	 * {@code sticky} nothing moves in a balanced group. Moves, pauses, drains and
	 * reservations for instances that restart stay in effect.
	 * <p>
	 * Returns at once. The rebalance begins within about one heartbeat interval; requests
	 * that come before that share one rebalance, which has the reason of the first. While
	 * this instance is not in the group, the request is part of its next join; before it
	 * has been started, and after it has been stopped, the call has no effect.
	 * @param reason why, for the log, the events and the history of all instances; longer
	 * texts are shortened
	 * @throws IllegalStateException with {@code distributed-task.enabled=false}
	 */
	void rebalance(String reason);

	/**
	 * Register a task that this instance can run from now on. The group assigns its
	 * shards to instances that have registered it, this one or others. Returns at once,
	 * without waiting for the rebalance. Properties
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
	 * Register tasks that this instance can run from now on, with one rebalance. See
	 * {@link #register(TaskDefinition, TaskWork)}.
	 * @param tasks the tasks and what they do
	 * @throws IllegalArgumentException if one of them cannot be added; none is added then
	 */
	void registerAll(Map<TaskDefinition, TaskWork> tasks);

	/**
	 * Unregister a task that was registered on this instance at run time. Its shards on
	 * this instance are stopped, as if they were revoked, and are assigned to other
	 * instances that have registered the task, if there are any. Returns at once, without
	 * waiting for the task to stop.
	 * @param name the name of the task
	 * @return whether there was such a task
	 * @throws IllegalArgumentException if the task is an annotated one
	 */
	default boolean unregister(String name) {
		return unregisterAll(List.of(name)) > 0;
	}

	/**
	 * Unregister tasks that were registered on this instance at run time, with one
	 * rebalance. See {@link #unregister(String)}.
	 * @param names the names of the tasks
	 * @return how many of them there were
	 * @throws IllegalArgumentException if one of the tasks is an annotated one; none is
	 * removed then
	 */
	int unregisterAll(Collection<String> names);

}
