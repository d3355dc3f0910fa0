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

package io.distributedtask.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

import io.distributedtask.faults.history.FaultKind;
import io.distributedtask.faults.mutation.Mutation;
import org.jspecify.annotations.Nullable;

/**
 * How a run of the laboratory goes.
 *
 * @param seed of which kinds, times, targets and durations of faults are drawn; a run is
 * not repeated exactly by its seed, for the processes keep time of their own
 * @param lasts how long faults are done, at least
 * @param brokers one, or three with a controller of their own
 * @param weights how often each kind of fault is drawn, relative to others
 * @param staticMembers whether the instances are static members
 * @param watch whether their crash watch is on, which static members cannot have
 * @param mutation what is wrong with the code under test, {@code null} for nothing
 * @param folder where history and logs go
 */
record LaboratoryOptions(long seed, Duration lasts, int brokers, Map<FaultKind, Integer> weights, boolean staticMembers,
		boolean watch, @Nullable Mutation mutation, Path folder) {

	LaboratoryOptions {
		weights = Map.copyOf(weights);
	}

	/**
	 * All kinds of faults: those of which much is to be learned, and which take little
	 * time, more often.
	 * @param watch whether there is a crash watch to which they can be done
	 * @return the weights by kind
	 */
	static Map<FaultKind, Integer> allFaults(boolean watch) {
		Map<FaultKind, Integer> weights = new EnumMap<>(FaultKind.class);
		for (FaultKind kind : FaultKind.values()) {
			weights.put(kind, switch (kind) {
				case FREEZE_SHORT, CUT, STALL, ONE_WAY, SLOW -> 6;
				case KILL, TERMINATE, FREEZE_LONG, EVICT, FREEZE_LEADER, FREEZE_JOINER -> 5;
				case CLOCK_JUMP, THROW, GARBAGE, COORDINATOR_MOVE, STUBBORN, BROKER_FREEZE -> 4;
				case BROKER_KILL, BROKER_STOP, STORM -> 3;
				case ALL_BROKERS -> 2;
				case DELETE_GROUP, KILL_SERIES -> 1;
				case KILL_NEIGHBORS -> 2;
				case KILL_BEHIND_PROXY, WATCH_CUT, WATCH_STALL, WATCH_ONE_WAY, WATCH_REJECT, WATCH_PROXY,
						WATCH_LISTENER ->
					3;
			});
		}
		if (!watch) {
			weights.keySet().removeAll(FaultKind.OF_THE_WATCH);
			weights.remove(FaultKind.KILL_BEHIND_PROXY);
		}
		return weights;
	}

	/**
	 * The faults that bring a mutation to light.
	 * @param mutation what is wrong with the code under test
	 * @return the weights by kind
	 */
	static Map<FaultKind, Integer> revealing(Mutation mutation) {
		return switch (mutation) {
			case LEASE_FROM_RESPONSE -> Map.of(FaultKind.ONE_WAY, 1);
			case NO_SECOND_CONNECTION -> Map.of(FaultKind.FREEZE_JOINER, 1, FaultKind.FREEZE_LEADER, 1);
			case RUNS_AGAIN -> Map.of(FaultKind.ALL_BROKERS, 1);
			case EVICT_ON_TIMEOUT -> Map.of(FaultKind.WATCH_STALL, 1);
			case EVICT_ON_RESET -> Map.of(FaultKind.WATCH_REJECT, 1);
			case GIVE_AWAY_EARLY, TOKEN_NOT_RAISED -> Map.of(FaultKind.TERMINATE, 2, FaultKind.STUBBORN, 1);
		};
	}

}
