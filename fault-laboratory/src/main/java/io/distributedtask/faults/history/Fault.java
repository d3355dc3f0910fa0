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

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.distributedtask.faults.history.HistoryEvent.Kind;

/**
 * A fault that was done, as the history has it.
 *
 * @param id its id
 * @param kind what it was
 * @param target an instance, a broker, or {@code *} for all
 * @param begin written before it was done
 * @param end written after it was undone; {@link Long#MAX_VALUE} if that is not in the
 * history
 */
public record Fault(String id, FaultKind kind, String target, long begin, long end) {

	static final String ALL = "*";

	/** Done to brokers, so to the group and to every instance. */
	static final Set<FaultKind> OF_BROKERS = EnumSet.of(FaultKind.BROKER_STOP, FaultKind.BROKER_KILL,
			FaultKind.BROKER_FREEZE, FaultKind.COORDINATOR_MOVE, FaultKind.ALL_BROKERS);

	/** The process does nothing while they last. */
	public static final Set<FaultKind> FREEZES = EnumSet.of(FaultKind.FREEZE_SHORT, FaultKind.FREEZE_LONG,
			FaultKind.FREEZE_LEADER, FaultKind.FREEZE_JOINER);

	/** The instance can do nothing in the group while they last. */
	public static final Set<FaultKind> DISABLING = EnumSet.of(FaultKind.FREEZE_SHORT, FaultKind.FREEZE_LONG,
			FaultKind.FREEZE_LEADER, FaultKind.FREEZE_JOINER, FaultKind.CUT, FaultKind.STALL, FaultKind.ONE_WAY,
			FaultKind.SLOW);

	/** Nobody's lease, membership or clock suffers from them. */
	public static final Set<FaultKind> HARMLESS = with(FaultKind.OF_THE_WATCH, FaultKind.THROW);

	/** What happens in them happens in order, so that all knowledge is handed on. */
	public static final Set<FaultKind> ORDERLY = with(FaultKind.OF_THE_WATCH, FaultKind.THROW, FaultKind.TERMINATE,
			FaultKind.STUBBORN);

	/**
	 * While they last anything may be delayed anew at any time. The others are over with
	 * what their beginning, or their end, brings about.
	 */
	public static final Set<FaultKind> LASTING = EnumSet.of(FaultKind.ONE_WAY, FaultKind.SLOW, FaultKind.BROKER_STOP,
			FaultKind.BROKER_KILL, FaultKind.BROKER_FREEZE, FaultKind.COORDINATOR_MOVE, FaultKind.ALL_BROKERS,
			FaultKind.STORM, FaultKind.DELETE_GROUP, FaultKind.GARBAGE);

	private static Set<FaultKind> with(Set<FaultKind> some, FaultKind... others) {
		Set<FaultKind> all = EnumSet.copyOf(some);
		all.addAll(List.of(others));
		return all;
	}

	/**
	 * Find all faults of a history. One with several targets is one for each of them.
	 */
	static List<Fault> of(History history) {
		Map<String, List<Fault>> open = new HashMap<>();
		List<Fault> faults = new ArrayList<>();
		for (HistoryEvent event : history.events()) {
			String[] words = event.detail().split(" ");
			if (event.kind() == Kind.FAULT_BEGIN) {
				String target = (words.length > 2) ? words[2] : ALL;
				open.put(words[0],
						Stream.of(target.split(","))
							.map((each) -> new Fault(words[0], FaultKind.valueOf(words[1]), each, event.nanos(),
									Long.MAX_VALUE))
							.toList());
			}
			else if (event.kind() == Kind.FAULT_END) {
				open.getOrDefault(words[0], List.of())
					.forEach((begun) -> faults
						.add(new Fault(begun.id, begun.kind, begun.target, begun.begin, event.nanos())));
				open.remove(words[0]);
			}
		}
		open.values().forEach(faults::addAll);
		faults.sort((one, other) -> Long.compare(one.begin, other.begin));
		return faults;
	}

	/**
	 * Whether it was done to this instance, to brokers, or to all.
	 */
	public boolean concerns(String instance) {
		return this.target.equals(instance) || this.target.equals(ALL) || OF_BROKERS.contains(this.kind);
	}

	public boolean overlaps(long from, long to) {
		return this.begin <= to && this.end >= from;
	}

	public boolean covers(long nanos) {
		return overlaps(nanos, nanos);
	}

	@Override
	public String toString() {
		return "%s of %s (%s)".formatted(this.kind, this.target, this.id);
	}

}
