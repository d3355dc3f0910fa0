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

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.distributedtask.TaskDefinition;

/**
 * The members of a group, all of them in this process.
 */
final class Group {

	private static final long POLL_MILLIS = 5;

	private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

	private final String groupId;

	private final String servers;

	private final GroupSize size;

	private final List<TaskDefinition> tasks;

	private final Owners owners;

	private final Pauses pauses = new Pauses();

	private final Deque<Member> members = new ArrayDeque<>();

	private int created;

	private final boolean watch;

	Group(String groupId, String servers, GroupSize size) {
		this(groupId, servers, size, false);
	}

	/**
	 * Create a group.
	 * @param watch whether its members watch each other
	 */
	Group(String groupId, String servers, GroupSize size, boolean watch) {
		this.watch = watch;
		this.groupId = groupId;
		this.servers = servers;
		this.size = size;
		this.tasks = size.definitions();
		this.owners = new Owners(this.tasks);
	}

	/**
	 * Start new members. Returns at once.
	 */
	void join(int count) {
		for (int i = 0; i < count; i++) {
			Member member = new Member("instance-%05d".formatted(this.created++), this.groupId, this.servers, this.size,
					this.tasks, this.owners, this.pauses, this.watch);
			this.members.addLast(member);
			member.start();
		}
	}

	/**
	 * Let the oldest members leave in order, and wait until they have. One of them is the
	 * leader.
	 */
	void leave(int count) {
		List<CompletableFuture<Void>> left = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			left.add(this.members.removeFirst().leave());
		}
		left.forEach(CompletableFuture::join);
	}

	/**
	 * Let the oldest members vanish. What they owned they lose when their leases end.
	 */
	void crash(int count) {
		for (int i = 0; i < count; i++) {
			this.members.removeFirst().crash();
		}
	}

	/**
	 * Wait until every shard has an owner, the shards are spread evenly, all members have
	 * the same assignment, and nothing has changed for more than a heartbeat interval.
	 * @return whether it came to that; not, if nothing changes for two session timeouts
	 * and a minute, or after ten minutes
	 */
	boolean awaitRest() {
		long begin = System.nanoTime();
		long patience = this.size.sessionTimeout().multipliedBy(2).plusMinutes(1).toNanos();
		long quiet = this.size.heartbeatInterval().multipliedBy(3).dividedBy(2).toNanos();
		long restSince = 0;
		int generation = -1;
		while (true) {
			long now = System.nanoTime();
			if (!isAtRest() || generation != generation()) {
				restSince = now;
				generation = generation();
			}
			else if (now - Math.max(restSince, this.owners.changedNanos()) > quiet) {
				return true;
			}
			if (now - Math.max(begin, this.owners.changedNanos()) > patience || now - begin > LONGEST_WAIT.toNanos()) {
				return false;
			}
			sleep(POLL_MILLIS);
		}
	}

	private boolean isAtRest() {
		int generation = generation();
		int least = this.owners.total() / this.members.size();
		int owned = 0;
		for (Member member : this.members) {
			// one that has vanished still owns its shards, but is not among them
			int load = member.load();
			if (member.generation() != generation || load < least || load > least + 1) {
				return false;
			}
			owned += load;
		}
		return owned == this.owners.total();
	}

	static void sleep(long millis) {
		try {
			TimeUnit.MILLISECONDS.sleep(millis);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * The newest generation that a member has.
	 */
	int generation() {
		return this.members.stream().mapToInt(Member::generation).max().orElse(-1);
	}

	Member member(int index) {
		return this.members.stream().skip(index).findFirst().orElseThrow();
	}

	Owners owners() {
		return this.owners;
	}

	Pauses pauses() {
		return this.pauses;
	}

	/**
	 * How many shards must begin somewhere to spread all evenly, from how they are spread
	 * now, among as many members.
	 * @param gone how many of the members that are first to go are no longer there
	 * @param added how many come
	 */
	int fewestMoves(int gone, int added) {
		List<Integer> loads = new ArrayList<>(this.members.stream().skip(gone).map(Member::load).toList());
		loads.addAll(Collections.nCopies(added, 0));
		loads.sort(Collections.reverseOrder());
		int moves = 0;
		for (int i = 0; i < loads.size(); i++) {
			int target = this.owners.total() / loads.size() + ((i < this.owners.total() % loads.size()) ? 1 : 0);
			moves += Math.max(0, target - loads.get(i));
		}
		return moves;
	}

	/**
	 * What is wrong, with the number of members that say so.
	 */
	Map<String, Integer> problems() {
		Map<String, Integer> problems = new TreeMap<>();
		this.members.forEach((member) -> {
			String problem = member.problem();
			if (problem != null) {
				problems.merge(problem, 1, Integer::sum);
			}
		});
		return problems;
	}

}
