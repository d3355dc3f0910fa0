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

package io.distributedtask.benchmarks.group;

import io.distributedtask.benchmarks.group.Phase.Sample;

/**
 * Measures from its creation on.
 */
final class Probe {

	private static final double NANOS_PER_SECOND = 1e9;

	private static final double NANOS_PER_MILLI = 1e6;

	private final Group group;

	private final Broker broker;

	private final int generation;

	private final int starts;

	private final int violations;

	private final double brokerSeconds;

	private final double memberSeconds;

	private long nanos;

	private int fewestMoves;

	Probe(Group group, Broker broker) {
		this.group = group;
		this.broker = broker;
		this.generation = Math.max(0, group.generation());
		this.starts = group.owners().starts();
		this.violations = group.owners().violations();
		group.pauses().takeLongest();
		this.brokerSeconds = brokerSeconds();
		this.memberSeconds = memberSeconds();
	}

	/**
	 * Take a step, and wait until the group is at rest.
	 * @param leaving how many members it takes away
	 * @param joining how many members it adds
	 * @param action the step
	 * @return whether the group came to rest
	 */
	boolean step(int leaving, int joining, Runnable action) {
		this.fewestMoves += this.group.fewestMoves(leaving, joining);
		long begin = System.nanoTime();
		action.run();
		boolean isAtRest = this.group.awaitRest();
		this.nanos += Math.max(0, this.group.owners().changedNanos() - begin);
		return isAtRest;
	}

	Sample sample(RecordReader records) {
		double broker = brokerSeconds() - this.brokerSeconds;
		double members = memberSeconds() - this.memberSeconds;
		return new Sample(this.nanos / NANOS_PER_SECOND, this.group.generation() - this.generation,
				this.group.owners().starts() - this.starts, this.fewestMoves,
				this.group.pauses().takeLongest() / NANOS_PER_MILLI, records.takeLargest(), broker, members,
				this.group.owners().violations() - this.violations);
	}

	private double brokerSeconds() {
		return this.broker.processorTime().toNanos() / NANOS_PER_SECOND;
	}

	private static double memberSeconds() {
		return Jvm.processorTime(ProcessHandle.current()).toNanos() / NANOS_PER_SECOND;
	}

}
