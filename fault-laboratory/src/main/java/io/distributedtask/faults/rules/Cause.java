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

package io.distributedtask.faults.rules;

import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

import io.distributedtask.faults.history.Fault;
import io.distributedtask.faults.history.FaultKind;
import io.distributedtask.faults.history.Life;
import io.distributedtask.faults.history.RecordedRun;
import io.distributedtask.faults.history.Span;
import io.distributedtask.faults.history.Span.End;

/**
 * Why an ownership ended.
 */
final class Cause {

	/** In order, and nothing was done to the instance: the shard had to move. */
	static final String REBALANCE = "rebalance";

	/** Nothing is known that was done to the instance. */
	static final String UNKNOWN = "unknown";

	/** The second in which a schedule does nothing was too long, under one owner. */
	static final String LATE_RUN = "late run";

	private static final Set<FaultKind> DEADLY = EnumSet.of(FaultKind.KILL, FaultKind.KILL_NEIGHBORS,
			FaultKind.KILL_BEHIND_PROXY, FaultKind.STORM);

	private static final Set<FaultKind> STOPPING = EnumSet.of(FaultKind.TERMINATE, FaultKind.STUBBORN, FaultKind.STORM,
			FaultKind.DELETE_GROUP);

	private static final long LAST_LINE = 1_000_000_000;

	private Cause() {
	}

	/**
	 * Name what ended an ownership.
	 * @param span the ownership
	 * @param run what was recorded
	 * @return the kind of fault, or one of the words above
	 */
	static String of(Span span, RecordedRun run) {
		Life life = run.life(span.source());
		long at = span.workedUntil();
		if (span.end() == End.OPEN || (span.end() == End.PAUSED && at < life.dead() && at < life.stopping())) {
			return LATE_RUN;
		}
		// a process of which only the last line is known died a little later
		long until = (span.end() == End.DIED) ? at + LAST_LINE : at;
		List<Fault> recent = run.faultsAround(at, until, (fault) -> !Fault.HARMLESS.contains(fault.kind())).toList();
		if (span.end() == End.REVOKED && life.stopping() > span.endLine()) {
			return REBALANCE;
		}
		Predicate<Fault> likely = likely(span, life, at);
		return latest(recent.stream().filter(likely).toList())
			.or(() -> latest(recent.stream().filter((fault) -> isOfThe(life, fault)).toList()))
			.or(() -> latest(recent.stream().filter((fault) -> fault.concerns(life.instance())).toList()))
			.map((fault) -> fault.kind().name())
			.orElse((life.stopping() <= span.endLine()) ? FaultKind.TERMINATE.name() : UNKNOWN);
	}

	/**
	 * Faults may overlap: the one that did it is of a kind that does such things.
	 */
	private static Predicate<Fault> likely(Span span, Life life, long at) {
		if (span.end() == End.DIED) {
			return (fault) -> DEADLY.contains(fault.kind()) && fault.concerns(life.instance());
		}
		if (life.stopping() <= span.endLine()) {
			return (fault) -> STOPPING.contains(fault.kind()) && fault.concerns(life.instance());
		}
		return (fault) -> Fault.FREEZES.contains(fault.kind()) && fault.covers(at) && isOfThe(life, fault);
	}

	private static boolean isOfThe(Life life, Fault fault) {
		return fault.target().equals(life.instance());
	}

	private static Optional<Fault> latest(List<Fault> faults) {
		return faults.stream().max(Comparator.comparingLong(Fault::begin));
	}

}
