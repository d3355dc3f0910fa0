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

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

import io.distributedtask.faults.history.Fault;
import io.distributedtask.faults.history.FaultKind;
import io.distributedtask.faults.history.GroupUnderTest;
import io.distributedtask.faults.history.Life;
import io.distributedtask.faults.history.RecordedRun;

/**
 * Finds the times in a run in which nothing happened to the group, so that what was
 * promised must come to pass.
 * <p>
 * A disturbance is the beginning and the end of a fault, and a process that begins, is
 * told to stop, or has stopped. Faults that can delay things anew at any time while they
 * last (brokers away, slow or one-way connections, storms, garbage) are disturbances all
 * the time; a killed, frozen or cut off instance is one at its beginning and its end: in
 * between the group has to manage without it. Not counted are times in which no instance
 * could do anything: none had come up, or all that had were frozen, cut off or stopping.
 */
final class Quiet {

	private final RecordedRun run;

	Quiet(RecordedRun run) {
		this.run = run;
	}

	/**
	 * The longest quiet time within an interval.
	 * @param from its beginning
	 * @param to its end
	 * @param task the task that is of interest: one that was told to be stubborn is
	 * disturbed as long as it may be
	 * @return the time in nanoseconds
	 */
	long longest(long from, long to, String task) {
		List<Fault> faults = this.run.faults().stream().filter((fault) -> fault.overlaps(from, to)).toList();
		TreeSet<Long> moments = new TreeSet<>(List.of(from, to));
		faults.stream()
			.filter((fault) -> !Fault.HARMLESS.contains(fault.kind()))
			.forEach((fault) -> moments.addAll(List.of(fault.begin(), fault.end())));
		this.run.lives()
			.values()
			.forEach((life) -> moments.addAll(List.of(life.started(), life.ready(), life.stopping(), life.dead())));
		List<Long> within = new ArrayList<>(moments.subSet(from, true, to, true));
		long longest = 0;
		for (int i = 1; i < within.size(); i++) {
			long begin = within.get(i - 1);
			long end = within.get(i);
			if (end - begin > longest && !isDisturbed(begin + (end - begin) / 2, faults, task)) {
				longest = end - begin;
			}
		}
		return longest;
	}

	private boolean isDisturbed(long nanos, List<Fault> faults, String task) {
		boolean lasting = faults.stream()
			.anyMatch((fault) -> fault.covers(nanos) && (Fault.LASTING.contains(fault.kind())
					|| (fault.kind() == FaultKind.STUBBORN && task.equals(GroupUnderTest.STUBBORN))));
		return lasting || this.run.lives().values().stream().noneMatch((life) -> isWell(life, nanos, faults));
	}

	private static boolean isWell(Life life, long nanos, List<Fault> faults) {
		return life.isReady(nanos) && faults.stream()
			.noneMatch((fault) -> fault.covers(nanos) && fault.target().equals(life.instance())
					&& Fault.DISABLING.contains(fault.kind()));
	}

}
