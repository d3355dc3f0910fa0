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

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import io.distributedtask.faults.Span.End;

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
		List<Fault> recent = run.faultsAround(at, at, (fault) -> !Fault.HARMLESS.contains(fault.kind())).toList();
		Optional<Fault> own = latest(recent.stream().filter((fault) -> isOfThe(life, fault)).toList());
		if (span.end() == End.REVOKED && life.stopping() > span.endLine()) {
			return REBALANCE;
		}
		if (own.isPresent()) {
			return own.get().kind().name();
		}
		return latest(recent.stream().filter((fault) -> fault.concerns(life.instance())).toList())
			.map((fault) -> fault.kind().name())
			.orElse((life.stopping() <= span.endLine()) ? FaultKind.TERMINATE.name() : UNKNOWN);
	}

	private static boolean isOfThe(Life life, Fault fault) {
		return fault.target().equals(life.instance());
	}

	private static Optional<Fault> latest(List<Fault> faults) {
		return faults.stream().max(Comparator.comparingLong(Fault::begin));
	}

}
