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

package io.distributedtask.faults.history;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What can be done to an instance, to its connections, or to a broker.
 */
public enum FaultKind {

	/** Stop an instance in order (SIGTERM), start another later. */
	TERMINATE,
	/** Kill an instance (SIGKILL), start another later. */
	KILL,
	/** Freeze an instance (SIGSTOP) for less than its session timeout. */
	FREEZE_SHORT,
	/** Freeze an instance for longer than its session timeout. */
	FREEZE_LONG,
	/** Freeze a leader between its JoinGroup and its SyncGroup. */
	FREEZE_LEADER,
	/** Freeze a member in a rebalance, before it joins. */
	FREEZE_JOINER,
	/** Reset all connections of an instance, and refuse new ones for a while. */
	CUT,
	/** Accept connections of an instance, and let nothing flow. */
	STALL,
	/** Let nothing flow from an instance to the brokers, or the other way. */
	ONE_WAY,
	/** Delay what flows. */
	SLOW,
	/** Stop a broker in order, start it again later. */
	BROKER_STOP,
	/** Kill a broker (SIGKILL), start it again later. */
	BROKER_KILL,
	/** Freeze a broker (SIGSTOP). */
	BROKER_FREEZE,
	/** Move the group's coordinator to another broker. */
	COORDINATOR_MOVE,
	/** Take all brokers away for a while. */
	ALL_BROKERS,
	/** Let the wall clock of one instance jump. */
	CLOCK_JUMP,
	/** Let instances join and leave quickly one after another. */
	STORM,
	/** Let a task ignore interrupts, and its instance be told to give it back. */
	STUBBORN,
	/** Let a task throw. */
	THROW,
	/** Let another member say what cannot be read. */
	GARBAGE,
	/** Remove a member as an administrator would. */
	EVICT,
	/** Stop all instances, delete the group, start them again. */
	DELETE_GROUP,
	/** Kill twenty instances within a minute, and start each again soon. */
	KILL_SERIES,
	/** Kill the leader, one that watches it, and one that watches that one, at once. */
	KILL_NEIGHBORS,
	/** Kill an instance while something else answers at its address. */
	KILL_BEHIND_PROXY,
	/** Reset the connections of those that watch an instance. */
	WATCH_CUT,
	/** Let nothing flow between an instance and those that watch it. */
	WATCH_STALL,
	/** Let nothing flow from those that watch an instance to it, or the other way. */
	WATCH_ONE_WAY,
	/** Answer those that watch an instance, and it, with resets, as a firewall may. */
	WATCH_REJECT,
	/** Reset those connections, and let something else answer at its address. */
	WATCH_PROXY,
	/** Close the socket at which a live instance can be watched. */
	WATCH_LISTENER;

	/** Done to the crash watch of an instance. */
	public static final Set<FaultKind> OF_THE_WATCH = Collections
		.unmodifiableSet(EnumSet.of(WATCH_CUT, WATCH_STALL, WATCH_ONE_WAY, WATCH_REJECT, WATCH_PROXY, WATCH_LISTENER));

	/** The process of the instance is killed when they begin. */
	public static final Set<FaultKind> KILLS = Collections
		.unmodifiableSet(EnumSet.of(KILL, KILL_NEIGHBORS, KILL_BEHIND_PROXY));

}
