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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import io.distributedtask.TaskId;
import io.distributedtask.benchmarks.processes.Machine;

/**
 * Measures how long a move takes that an operator requests from any instance: two rounds,
 * one in which the owner is told to stop, and one in which the next owner begins.
 */
public final class MoveTable {

	private static final PrintStream out = System.out;

	private static final List<Integer> SIZES = List.of(3, 30, 100);

	private static final int MOVES = 30;

	/** So that requests come at any time between two heartbeats. */
	private static final int LONGEST_PAUSE_MILLIS = 1500;

	private static final int SHORTEST_PAUSE_MILLIS = 500;

	private MoveTable() {
	}

	/**
	 * Measure.
	 * @param args the numbers of members; 3, 30 and 100 if there are none
	 * @throws IOException if the broker cannot be started
	 */
	public static void main(String[] args) throws IOException {
		List<Integer> sizes = (args.length > 0) ? List.of(args).stream().map(Integer::valueOf).toList() : SIZES;
		out.println(Machine.describe("kafka-clients"));
		out.println(
				"One broker in a process of its own, all members in another one. Seconds from the request until the "
						+ "next owner begins, of %d moves: median (least-most).".formatted(MOVES));
		out.println();
		out.println("| members | crash watch off | crash watch on |");
		out.println("|---|---|---|");
		int code = 1;
		try (Broker broker = Broker.start()) {
			for (int size : sizes) {
				String off = measure(broker, size, false);
				out.println("| %d | %s | %s |".formatted(size, off, measure(broker, size, true)));
			}
			code = 0;
		}
		finally {
			System.exit(code);
		}
	}

	private static String measure(Broker broker, int members, boolean watch) {
		GroupSize size = new GroupSize(members, 1, members);
		Group group = new Group("moves-" + UUID.randomUUID(), broker.servers(), size, watch);
		group.join(members);
		if (!group.awaitRest()) {
			return "does not come to rest";
		}
		Random random = new Random(members);
		List<Double> seconds = new ArrayList<>();
		for (int i = 0; i < MOVES; i++) {
			Group.sleep(SHORTEST_PAUSE_MILLIS + random.nextInt(LONGEST_PAUSE_MILLIS));
			TaskId id = new TaskId(size.definitions().get(0).name(), i % members);
			Member target = group.member(random.nextInt(members));
			if (group.owners().owner(id) != target) {
				seconds.add(move(group, id, target, group.member(random.nextInt(members))));
			}
		}
		group.leave(members);
		Collections.sort(seconds);
		return String.format(Locale.ROOT, "%.2f (%.2f-%.2f)", seconds.get(seconds.size() / 2), seconds.get(0),
				seconds.get(seconds.size() - 1));
	}

	private static double move(Group group, TaskId id, Member target, Member asked) {
		long begin = System.nanoTime();
		asked.move(id, target);
		while (group.owners().owner(id) != target) {
			if (System.nanoTime() - begin > TimeUnit.MINUTES.toNanos(1)) {
				throw new IllegalStateException("The move takes longer than a minute: " + group.problems());
			}
			Group.sleep(1);
		}
		return (System.nanoTime() - begin) / 1e9;
	}

}
