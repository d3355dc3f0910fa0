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

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.UUID;

/**
 * Measures one size: a broker in a process of its own, all members in this one.
 */
public final class GroupRun {

	private static final PrintStream out = System.out;

	private static final int REPETITIONS = 5;

	/** A rolling restart takes so many steps. */
	private static final int STEPS = 5;

	private static final int IDLE_MILLIS = 10_000;

	private static final Duration LONGEST_SESSION = Duration.ofSeconds(10);

	private static final int LOOP_MILLIS = 30_000;

	private final GroupSize size;

	private final int repetitions;

	private final Broker broker;

	private final RecordReader records;

	private final Group group;

	private GroupRun(GroupSize size, int repetitions, Broker broker, RecordReader records, Group group) {
		this.size = size;
		this.repetitions = repetitions;
		this.broker = broker;
		this.records = records;
		this.group = group;
	}

	/**
	 * Measure.
	 * @param args the size, such as {@code 100x10x1000}; with {@code quick} first, every
	 * event once
	 * @throws IOException if the broker cannot be started
	 */
	public static void main(String[] args) throws IOException {
		Jvm.endWithParent();
		boolean isQuick = args[0].equals("quick");
		GroupSize size = GroupSize.parse(args[args.length - 1]);
		String groupId = "scale-" + UUID.randomUUID();
		int code = 1;
		try (Broker broker = Broker.start(); RecordReader records = new RecordReader(broker.servers(), groupId)) {
			new GroupRun(size, isQuick ? 1 : REPETITIONS, broker, records, new Group(groupId, broker.servers(), size))
				.measure();
			code = 0;
		}
		catch (RuntimeException | Error ex) {
			// the exit below would leave it unsaid
			ex.printStackTrace();
		}
		finally {
			// the members need not leave one by one
			System.exit(code);
		}
	}

	private void measure() {
		Phase first = new Phase("first");
		Probe probe = new Probe(this.group, this.broker);
		boolean isAtRest = probe.step(0, this.size.members(), () -> this.group.join(this.size.members()));
		first.add(probe.sample(this.records));
		out.println(first.row(this.size));
		if (isAtRest) {
			idle();
			isAtRest = changes() && crash() && rollingRestart();
		}
		if (!isAtRest) {
			reportUnrest();
		}
	}

	private void idle() {
		Phase idle = new Phase("idle, 10 s");
		Probe probe = new Probe(this.group, this.broker);
		Group.sleep(IDLE_MILLIS);
		idle.add(probe.sample(this.records));
		out.println(idle.row(this.size));
	}

	private boolean changes() {
		Phase leaves = new Phase("one leaves");
		Phase joins = new Phase("one joins");
		boolean isAtRest = true;
		for (int i = 0; isAtRest && i < this.repetitions; i++) {
			Probe leaving = new Probe(this.group, this.broker);
			isAtRest = leaving.step(1, 0, () -> this.group.leave(1));
			leaves.add(leaving.sample(this.records));
			Probe joining = new Probe(this.group, this.broker);
			isAtRest = isAtRest && joining.step(0, 1, () -> this.group.join(1));
			joins.add(joining.sample(this.records));
		}
		out.println(leaves.row(this.size));
		out.println(joins.row(this.size));
		return isAtRest;
	}

	/**
	 * The session timeout decides how long that takes, so it is not tried where that is
	 * long.
	 */
	private boolean crash() {
		if (this.size.sessionTimeout().compareTo(LONGEST_SESSION) > 0) {
			return true;
		}
		Phase crash = new Phase("one crashes, session of %d s".formatted(this.size.sessionTimeout().toSeconds()));
		Probe probe = new Probe(this.group, this.broker);
		boolean isAtRest = probe.step(1, 0, () -> this.group.crash(1));
		crash.add(probe.sample(this.records));
		out.println(crash.row(this.size));
		return isAtRest && new Probe(this.group, this.broker).step(0, 1, () -> this.group.join(1));
	}

	private boolean rollingRestart() {
		Phase rolling = new Phase("all restart, a fifth at a time");
		int count = Math.max(1, this.size.members() / STEPS);
		boolean isAtRest = true;
		Probe probe = new Probe(this.group, this.broker);
		for (int done = 0; isAtRest && done < this.size.members(); done += count) {
			isAtRest = probe.step(count, 0, () -> this.group.leave(count))
					&& probe.step(0, count, () -> this.group.join(count));
		}
		rolling.add(probe.sample(this.records));
		out.println(rolling.row(this.size));
		return isAtRest;
	}

	private void reportUnrest() {
		int generation = this.group.generation();
		Group.sleep(LOOP_MILLIS);
		out.println("| %s | **does not come to rest**: %d of %d shards are owned, %d rebalances in 30 s, %s |"
			.formatted(this.size, this.group.owners().owned(), this.group.owners().total(),
					this.group.generation() - generation, this.group.problems()));
	}

}
