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

package io.distributedtask.internal.simulation;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.simulation.SimulatedRequests.Code;
import io.distributedtask.internal.simulation.SimulatedRequests.Described;
import io.distributedtask.internal.simulation.SimulatedRequests.Join;
import io.distributedtask.internal.simulation.SimulatedRequests.Joined;
import io.distributedtask.internal.simulation.SimulatedRequests.Sync;
import io.distributedtask.internal.simulation.SimulatedRequests.Synced;
import org.jspecify.annotations.Nullable;

/**
 * One group as a Kafka broker runs it (the classic protocol), in memory.
 * <p>
 * The rules that matter here: a member is expired one session timeout after it was last
 * heard of, but not while it waits in JoinGroup or SyncGroup; a rebalance waits for all
 * members, at most for the longest rebalance timeout, and drops who did not come; who
 * comes but sends no SyncGroup is dropped one rebalance timeout later. Only heartbeats,
 * the end of a round's JoinGroups and the answers to waiting SyncGroups prolong a
 * session: a SyncGroup to a stable group or a JoinGroup that changes nothing does not.
 * <p>
 * A static member that joins as a newcomer takes the place of the one with its id: a
 * stable group goes on, and the newcomer is handed the assignment of the other, which is
 * fenced from then on. A static member that misses a round stays until its session ends.
 */
public final class SimulatedBroker {

	private final VirtualTime time;

	private final Random random;

	private final Consumer<String> trace;

	private final Map<String, Member> members = new LinkedHashMap<>();

	private final Map<String, VirtualTime.Event> pendingMembers = new LinkedHashMap<>();

	private final Set<String> pendingSync = new LinkedHashSet<>();

	private Duration initialDelay = Duration.ZERO;

	private State state = State.EMPTY;

	private long emptiedNanos = -1;

	private int generation;

	private int memberNumber;

	private @Nullable String leader;

	private @Nullable String protocol;

	private VirtualTime.@Nullable Event joinTimer;

	private VirtualTime.@Nullable Event syncTimer;

	private boolean initial;

	private boolean memberAdded;

	private Stored stored = new Stored(0, null, null, List.of());

	private int epoch;

	private int changes;

	private int changesInRound;

	public SimulatedBroker(VirtualTime time, Random random, Consumer<String> trace) {
		this.time = time;
		this.random = random;
		this.trace = trace;
	}

	void initialDelay(Duration initialDelay) {
		this.initialDelay = initialDelay;
	}

	/*
	 * What members ask for.
	 */

	void join(Join request, Consumer<Joined> reply) {
		String id = request.memberId();
		if (id.isEmpty() && request.staticId() != null) {
			joinAsStatic(request, "m" + ++this.memberNumber + "-" + request.metadata().instance(), reply);
			return;
		}
		if (id.isEmpty()) {
			String newId = "m" + ++this.memberNumber + "-" + request.metadata().instance();
			this.pendingMembers.put(newId,
					this.time.after(request.sessionTimeout().toNanos(), () -> expirePending(newId)));
			reply.accept(Joined.failed(Code.MEMBER_ID_REQUIRED, newId));
			return;
		}
		VirtualTime.Event pending = this.pendingMembers.remove(id);
		if (pending != null) {
			pending.cancel();
			add(request, reply);
			return;
		}
		Member member = this.members.get(id);
		if (isFenced(id, request.staticId())) {
			reply.accept(Joined.failed(Code.FENCED_INSTANCE_ID, id));
		}
		else if (member == null || this.state == State.EMPTY) {
			reply.accept(Joined.failed(Code.UNKNOWN_MEMBER_ID, id));
		}
		else if (mayStay(member, request)) {
			reply.accept(joined(member, false));
		}
		else {
			boolean missedAnAssignment = request.metadata().generation() < this.generation;
			if (member.metadata.draining() != request.metadata().draining() || missedAnAssignment) {
				this.changes++;
			}
			member.update(request, reply);
			rebalanceOrCompleteJoin(id + " joins again");
		}
	}

	private void joinAsStatic(Join request, String newId, Consumer<Joined> reply) {
		Member former = holder(request.staticId());
		Join join = new Join(newId, request.staticId(), request.sessionTimeout(), request.rebalanceTimeout(),
				request.protocols(), request.metadata());
		if (former == null) {
			add(join, reply);
			return;
		}
		this.trace.accept("broker: " + newId + " takes the place of " + former.id);
		answerJoin(former, Joined.failed(Code.FENCED_INSTANCE_ID, former.id));
		Consumer<Synced> awaitingSync = former.awaitingSync;
		if (awaitingSync != null) {
			former.awaitingSync = null;
			awaitingSync.accept(new Synced(Code.FENCED_INSTANCE_ID, null));
		}
		cancel(former.expiry);
		this.members.remove(former.id);
		Member member = new Member(newId, join, reply);
		member.assignment = former.assignment;
		this.members.put(newId, member);
		if (former.id.equals(this.leader)) {
			this.leader = newId;
		}
		this.changes++;
		expect(member);
		switch (this.state) {
			case STABLE -> {
				Map<String, MemberAssignment> assignments = new TreeMap<>();
				this.members.values().forEach((one) -> {
					if (one.assignment != null) {
						assignments.put(one.id, one.assignment);
					}
				});
				this.stored = snapshot(assignments);
				answerJoin(member, joined(member, newId.equals(this.leader)));
			}
			case COMPLETING_REBALANCE -> prepareRebalance(newId + " takes the place of " + former.id);
			default -> completeJoinIfAllAreHere();
		}
	}

	private @Nullable Member holder(@Nullable String staticId) {
		return this.members.values()
			.stream()
			.filter((member) -> staticId != null && staticId.equals(member.staticId))
			.findFirst()
			.orElse(null);
	}

	private boolean isFenced(String memberId, @Nullable String staticId) {
		Member holder = holder(staticId);
		return holder != null && !holder.id.equals(memberId);
	}

	Described describe(String staticId) {
		Member holder = holder(staticId);
		return new Described(holder != null, (holder != null) ? holder.assignment : null);
	}

	private boolean mayStay(Member member, Join request) {
		boolean same = member.matches(request);
		return switch (this.state) {
			case EMPTY, PREPARING_REBALANCE -> false;
			case COMPLETING_REBALANCE -> same;
			case STABLE -> same && !member.id.equals(this.leader);
		};
	}

	private void add(Join request, Consumer<Joined> reply) {
		Member member = new Member(request.memberId(), request, reply);
		member.isNew = true;
		if (this.leader == null) {
			this.leader = member.id;
		}
		this.members.put(member.id, member);
		this.memberAdded = true;
		this.changes++;
		rebalanceOrCompleteJoin(member.id + " joins");
	}

	void sync(Sync request, Consumer<Synced> reply) {
		Member member = this.members.get(request.memberId());
		if (isFenced(request.memberId(), request.staticId())) {
			reply.accept(new Synced(Code.FENCED_INSTANCE_ID, null));
		}
		else if (member == null) {
			reply.accept(new Synced(Code.UNKNOWN_MEMBER_ID, null));
		}
		else if (request.generation() != this.generation) {
			reply.accept(new Synced(Code.ILLEGAL_GENERATION, null));
		}
		else if (this.state == State.PREPARING_REBALANCE) {
			reply.accept(new Synced(Code.REBALANCE_IN_PROGRESS, null));
		}
		else if (this.state == State.COMPLETING_REBALANCE) {
			member.awaitingSync = reply;
			synced(member.id);
			if (member.id.equals(this.leader)) {
				store(request.assignments());
			}
		}
		else {
			synced(member.id);
			reply.accept(new Synced(Code.NONE, member.assignment));
		}
	}

	private void synced(String id) {
		this.pendingSync.remove(id);
		if (this.pendingSync.isEmpty()) {
			cancel(this.syncTimer);
		}
	}

	/**
	 * The assignment is written before it is told: the group may have moved on meanwhile.
	 */
	private void store(Map<String, MemberAssignment> assignments) {
		int storedGeneration = this.generation;
		int storedEpoch = this.epoch;
		this.stored = snapshot(assignments);
		this.time.after(VirtualTime.millis(this.random.nextInt(4)), () -> {
			if (this.state == State.COMPLETING_REBALANCE && this.generation == storedGeneration
					&& this.epoch == storedEpoch) {
				this.trace.accept("broker: generation " + this.generation + " is stable");
				this.members.values().forEach((member) -> member.assignment = assignments.get(member.id));
				propagate(Code.NONE);
				this.state = State.STABLE;
			}
		});
	}

	private void propagate(Code code) {
		for (Member member : List.copyOf(this.members.values())) {
			Consumer<Synced> reply = member.awaitingSync;
			if (reply != null) {
				member.awaitingSync = null;
				expect(member);
				reply.accept(new Synced(code, (code == Code.NONE) ? member.assignment : null));
			}
		}
	}

	Code heartbeat(String memberId, @Nullable String staticId, int generation) {
		Member member = this.members.get(memberId);
		if (isFenced(memberId, staticId)) {
			return Code.FENCED_INSTANCE_ID;
		}
		if (member == null || this.state == State.EMPTY) {
			return Code.UNKNOWN_MEMBER_ID;
		}
		if (generation != this.generation) {
			return Code.ILLEGAL_GENERATION;
		}
		expect(member);
		return (this.state == State.PREPARING_REBALANCE) ? Code.REBALANCE_IN_PROGRESS : Code.NONE;
	}

	/**
	 * A member leaves, or an administrator removes it.
	 */
	Code leave(String memberId) {
		VirtualTime.Event pending = this.pendingMembers.remove(memberId);
		if (pending != null) {
			pending.cancel();
			return Code.NONE;
		}
		Member member = this.members.get(memberId);
		if (member == null) {
			return Code.UNKNOWN_MEMBER_ID;
		}
		remove(member, "leaves");
		return Code.NONE;
	}

	/*
	 * What time does.
	 */

	private void expect(Member member) {
		cancel(member.expiry);
		member.expiry = this.time.after(member.sessionTimeout.toNanos(), () -> {
			boolean satisfied = !member.isNew && (member.awaitingJoin != null || member.awaitingSync != null);
			if (!satisfied && this.members.get(member.id) == member) {
				remove(member, "has expired");
			}
		});
	}

	private void expirePending(String id) {
		this.pendingMembers.remove(id);
		if (this.state == State.PREPARING_REBALANCE) {
			completeJoinIfAllAreHere();
		}
	}

	private void remove(Member member, String why) {
		this.trace.accept("broker: " + member.id + " " + why);
		answerJoin(member, Joined.failed(Code.UNKNOWN_MEMBER_ID, ""));
		forget(member);
		if (this.state == State.PREPARING_REBALANCE) {
			completeJoinIfAllAreHere();
		}
		else {
			prepareRebalance(member.id + " " + why);
		}
	}

	private void forget(Member member) {
		cancel(member.expiry);
		this.members.remove(member.id);
		this.pendingSync.remove(member.id);
		this.changes++;
		if (member.id.equals(this.leader)) {
			this.leader = this.members.keySet().stream().findFirst().orElse(null);
		}
	}

	private static void cancel(VirtualTime.@Nullable Event event) {
		if (event != null) {
			event.cancel();
		}
	}

	/*
	 * Rebalances.
	 */

	private void rebalanceOrCompleteJoin(String why) {
		if (this.state == State.PREPARING_REBALANCE) {
			if (!this.initial) {
				completeJoinIfAllAreHere();
			}
		}
		else {
			prepareRebalance(why);
		}
	}

	private void prepareRebalance(String why) {
		this.trace.accept("broker: prepares a rebalance after generation " + this.generation + ", " + why);
		if (this.state == State.COMPLETING_REBALANCE) {
			this.members.values().forEach((member) -> member.assignment = null);
			propagate(Code.REBALANCE_IN_PROGRESS);
		}
		this.pendingSync.clear();
		cancel(this.syncTimer);
		this.initial = this.state == State.EMPTY;
		this.state = State.PREPARING_REBALANCE;
		if (this.initial) {
			this.memberAdded = false;
			this.joinTimer = this.time.after(this.initialDelay.toNanos(), () -> initialJoin(rebalanceTimeout()));
		}
		else if (!completeJoinIfAllAreHere()) {
			this.joinTimer = this.time.after(rebalanceTimeout(), this::completeJoin);
		}
	}

	private void initialJoin(long remaining) {
		if (this.memberAdded && remaining > 0) {
			this.memberAdded = false;
			long delay = this.initialDelay.toNanos();
			this.joinTimer = this.time.after(delay, () -> initialJoin((delay > 0) ? remaining - delay : 0));
		}
		else {
			completeJoin();
		}
	}

	private long rebalanceTimeout() {
		return this.members.values().stream().mapToLong((member) -> member.rebalanceTimeout.toNanos()).max().orElse(0);
	}

	private boolean completeJoinIfAllAreHere() {
		boolean allHere = this.pendingMembers.isEmpty()
				&& this.members.values().stream().allMatch((member) -> member.awaitingJoin != null);
		if (allHere) {
			completeJoin();
		}
		return allHere;
	}

	private void completeJoin() {
		cancel(this.joinTimer);
		for (Member member : List.copyOf(this.members.values())) {
			if (member.awaitingJoin == null && member.staticId == null) {
				this.trace.accept("broker: " + member.id + " did not join in time");
				forget(member);
			}
		}
		if (!this.members.isEmpty() && !electJoinedLeader()) {
			this.joinTimer = this.time.after(rebalanceTimeout(), this::completeJoin);
			return;
		}
		this.generation++;
		this.changesInRound = this.changes;
		if (this.members.isEmpty()) {
			this.state = State.EMPTY;
			this.protocol = null;
			this.stored = snapshot(Map.of());
			this.emptiedNanos = this.time.now();
			this.trace.accept("broker: the group is empty in generation " + this.generation);
			return;
		}
		this.state = State.COMPLETING_REBALANCE;
		this.protocol = selectProtocol();
		this.trace.accept(
				"broker: generation " + this.generation + " of " + this.members.keySet() + ", leader " + this.leader);
		for (Member member : List.copyOf(this.members.values())) {
			expect(member);
			member.isNew = false;
			this.pendingSync.add(member.id);
			answerJoin(member, joined(member, false));
		}
		int expected = this.generation;
		this.syncTimer = this.time.after(rebalanceTimeout(), () -> expireSync(expected));
	}

	/**
	 * The leader has to have joined.
	 */
	private boolean electJoinedLeader() {
		Member former = (this.leader != null) ? this.members.get(this.leader) : null;
		if (former == null || former.awaitingJoin == null) {
			this.leader = this.members.values()
				.stream()
				.filter((member) -> member.awaitingJoin != null)
				.map((member) -> member.id)
				.findFirst()
				.orElse(this.leader);
		}
		Member elected = (this.leader != null) ? this.members.get(this.leader) : null;
		return elected != null && elected.awaitingJoin != null;
	}

	private String selectProtocol() {
		List<String> candidates = this.members.values().iterator().next().protocols;
		return candidates.stream()
			.filter((name) -> this.members.values().stream().allMatch((member) -> member.protocols.contains(name)))
			.findFirst()
			.orElseThrow();
	}

	private void answerJoin(Member member, Joined answer) {
		Consumer<Joined> reply = member.awaitingJoin;
		if (reply != null) {
			member.awaitingJoin = null;
			reply.accept(answer);
		}
	}

	private Joined joined(Member member, boolean skipAssignment) {
		Map<String, MemberMetadata> words = new TreeMap<>();
		Map<String, String> staticIds = new TreeMap<>();
		if (member.id.equals(this.leader)) {
			this.members.values().forEach((other) -> {
				words.put(other.id, other.metadata);
				if (other.staticId != null) {
					staticIds.put(other.id, other.staticId);
				}
			});
		}
		return new Joined(Code.NONE, member.id, this.generation, this.protocol, this.leader, words, staticIds,
				skipAssignment);
	}

	private void expireSync(int expected) {
		if (this.generation == expected && !this.pendingSync.isEmpty()) {
			Set.copyOf(this.pendingSync).stream().sorted().forEach((id) -> {
				this.trace.accept("broker: " + id + " did not sync in time");
				Member member = this.members.get(id);
				if (member != null) {
					forget(member);
				}
			});
			prepareRebalance("members did not sync");
		}
	}

	/*
	 * What becomes of the broker.
	 */

	private Stored snapshot(Map<String, MemberAssignment> assignments) {
		return new Stored(this.generation, this.protocol, this.leader,
				this.members.values().stream().map((member) -> member.copy(assignments.get(member.id))).toList());
	}

	/**
	 * Forget all that is not written.
	 */
	void unload() {
		this.epoch++;
		cancel(this.joinTimer);
		cancel(this.syncTimer);
		this.members.values().forEach((member) -> cancel(member.expiry));
		this.members.clear();
		this.pendingMembers.values().forEach(VirtualTime.Event::cancel);
		this.pendingMembers.clear();
		this.pendingSync.clear();
		this.state = State.EMPTY;
	}

	/**
	 * The group moves to another broker, or to this one when it has started again: what
	 * was written is in force, and every member has a full session.
	 */
	void load() {
		unload();
		this.generation = this.stored.generation();
		this.protocol = this.stored.protocol();
		this.leader = this.stored.leader();
		this.stored.members().forEach((member) -> this.members.put(member.id, member.copy(member.assignment)));
		this.members.values().forEach(this::expect);
		this.state = this.members.isEmpty() ? State.EMPTY : State.STABLE;
		this.changes++;
		this.trace.accept("broker: loads generation " + this.generation + " of " + this.members.keySet());
	}

	/**
	 * Delete the group if it is empty.
	 * @return whether it was
	 */
	boolean delete() {
		if (this.state != State.EMPTY) {
			return false;
		}
		this.trace.accept("broker: the group is deleted");
		this.generation = 0;
		this.leader = null;
		this.stored = snapshot(Map.of());
		return true;
	}

	/**
	 * When the last member left, -1 if there has always been one.
	 */
	long emptiedNanos() {
		return this.emptiedNanos;
	}

	State state() {
		return this.state;
	}

	public int generation() {
		return this.generation;
	}

	@Nullable String leader() {
		return this.leader;
	}

	/**
	 * What the members have said.
	 * @return the words of each member, by its id
	 */
	Map<String, MemberMetadata> members() {
		Map<String, MemberMetadata> words = new TreeMap<>();
		this.members.values().forEach((member) -> words.put(member.id, member.metadata));
		return words;
	}

	/**
	 * Counts the changes of the membership that the current generation knows of.
	 * @return the number
	 */
	int changesInRound() {
		return this.changesInRound;
	}

	/**
	 * The states of a group.
	 */
	enum State {

		EMPTY, PREPARING_REBALANCE, COMPLETING_REBALANCE, STABLE

	}

	private record Stored(int generation, @Nullable String protocol, @Nullable String leader, List<Member> members) {
	}

	private static final class Member {

		private final String id;

		private final @Nullable String staticId;

		private Duration sessionTimeout;

		private Duration rebalanceTimeout;

		private List<String> protocols;

		private MemberMetadata metadata;

		private boolean isNew;

		private @Nullable Consumer<Joined> awaitingJoin;

		private @Nullable Consumer<Synced> awaitingSync;

		private @Nullable MemberAssignment assignment;

		private VirtualTime.@Nullable Event expiry;

		private Member(String id, Join request, @Nullable Consumer<Joined> reply) {
			this.id = id;
			this.staticId = request.staticId();
			this.sessionTimeout = request.sessionTimeout();
			this.rebalanceTimeout = request.rebalanceTimeout();
			this.protocols = request.protocols();
			this.metadata = request.metadata();
			this.awaitingJoin = reply;
		}

		boolean matches(Join request) {
			return this.protocols.equals(request.protocols()) && this.metadata.equals(request.metadata());
		}

		void update(Join request, Consumer<Joined> reply) {
			this.sessionTimeout = request.sessionTimeout();
			this.rebalanceTimeout = request.rebalanceTimeout();
			this.protocols = request.protocols();
			this.metadata = request.metadata();
			this.awaitingJoin = reply;
		}

		Member copy(@Nullable MemberAssignment assignment) {
			Member copy = new Member(this.id, new Join(this.id, this.staticId, this.sessionTimeout,
					this.rebalanceTimeout, this.protocols, this.metadata), null);
			copy.assignment = assignment;
			return copy;
		}

	}

}
