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

package io.distributedtask.test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.event.GroupRebalancedEvent.Cause;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.message.MemberAssignment.Shards;
import io.distributedtask.internal.message.MemberAssignment.Unassigned;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.message.MemberMetadata.Hold;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import io.distributedtask.internal.message.Occasion;
import io.distributedtask.internal.message.ShardSet;
import org.jspecify.annotations.Nullable;

/**
 * What the test has decided, as assignments of the one member: the part of a leader. What
 * follows from an assignment is up to the instance. Not safe for use by several threads.
 */
final class ControlledAssignments {

	private final AtomicLong tokens;

	private final Duration silence;

	/** The shards that the test has given to the instance. */
	private final Map<TaskId, Gift> gifts = new TreeMap<>();

	private final Set<TaskId> lost = new HashSet<>();

	/** The progress of shards that the instance has stopped. */
	private final Map<TaskId, Progress> progress = new HashMap<>();

	private Map<TaskId, Claim> claims = Map.of();

	private @Nullable MemberMetadata member;

	ControlledAssignments(AtomicLong tokens, Duration silence) {
		this.tokens = tokens;
		this.silence = silence;
	}

	/**
	 * The instance joins.
	 * @param member what it says of itself
	 */
	void learn(MemberMetadata member) {
		this.member = member;
		member.releases().forEach((release) -> this.progress.put(release.id(), release));
		Map<TaskId, Claim> claims = new HashMap<>();
		member.claims().forEach((claim) -> claim.ids().forEach((id) -> claims.put(id, claim)));
		this.claims = claims;
		this.lost.retainAll(claims.keySet());
		Map<String, Integer> shards = shards(member);
		this.gifts.keySet().removeIf((id) -> member.draining() || id.shard() >= shards.getOrDefault(id.name(), 0));
	}

	private static Map<String, Integer> shards(MemberMetadata member) {
		Map<String, Integer> shards = new HashMap<>();
		member.tasks().forEach((task) -> shards.put(task.name(), task.shards()));
		return shards;
	}

	private MemberMetadata member() {
		MemberMetadata member = this.member;
		if (member == null) {
			throw new IllegalStateException("The instance has not joined");
		}
		return member;
	}

	/**
	 * Include a change.
	 * @param change the change
	 */
	void accept(OwnershipChange change) {
		Set<TaskId> ids = change.accept(member().tasks());
		switch (change.kind()) {
			case ASSIGN -> ids.forEach((id) -> this.gifts.putIfAbsent(id, new Gift(null, null)));
			case FAIL_OVER -> failOver(ids, change.crash());
			case REVOKE -> this.gifts.keySet().removeAll(ids);
			case LOSE -> lose(change, ids);
		}
	}

	private void failOver(Set<TaskId> ids, @Nullable Instant crash) {
		for (TaskId id : ids) {
			if (this.gifts.containsKey(id)) {
				throw new IllegalStateException("%s is owned by the instance: revoke it first".formatted(id));
			}
		}
		ids.forEach((id) -> this.gifts.put(id, new Gift(null, crash)));
	}

	private void lose(OwnershipChange change, Set<TaskId> ids) {
		List<TaskId> held = ids.stream().filter(this::isHeld).toList();
		if (held.isEmpty()) {
			throw new IllegalStateException(change + ": the instance owns none of it");
		}
		held.forEach(this.gifts::remove);
		this.lost.addAll(held);
	}

	private boolean isHeld(TaskId id) {
		Claim claim = this.claims.get(id);
		return claim != null && claim.hold() != Hold.LOST;
	}

	/**
	 * The next assignment.
	 * @param generation its generation
	 * @param reason why there is one, for the log
	 * @return the assignment
	 */
	MemberAssignment next(int generation, String reason) {
		List<Grant> grants = new ArrayList<>();
		List<Progress> passedOn = new ArrayList<>();
		this.gifts.replaceAll((id, gift) -> {
			Grant grant = gift.grant();
			boolean isFree = !this.claims.containsKey(id);
			if (isFree) {
				grant = grant(id, gift, generation, passedOn);
			}
			if (grant != null) {
				grants.add(grant);
			}
			return new Gift(grant, isFree ? null : gift.crash());
		});
		MemberMetadata member = member();
		MemberAssignment assignment = new MemberAssignment(generation, member.instance(), member.instance(),
				member.incarnation(), 1, this.tokens.get(), grants, revoked(), passedOn, unassigned(), null);
		return assignment.withControl(member.control())
			.withSuccesses(member.successes())
			.withOccasion(new Occasion(Cause.OTHER, reason).forAll(1));
	}

	private Grant grant(TaskId id, Gift gift, int generation, List<Progress> passedOn) {
		Instant crash = gift.crash();
		Progress known = this.progress.remove(id);
		boolean isFailOver = crash != null || (known != null && known.isLost());
		if (crash == null && known != null) {
			passedOn.add(known);
		}
		return new Grant(id.name(), shards(member()).getOrDefault(id.name(), 1), nextToken(),
				Instant.ofEpochMilli(System.currentTimeMillis()), generation,
				isFailOver ? Origin.FAILED_OVER : Origin.HANDED_OVER, (crash != null) ? crash.plus(this.silence) : null,
				ShardSet.of(id.shard()));
	}

	private long nextToken() {
		// by the clock, so that a store that outlives a context accepts the next one's
		return this.tokens.updateAndGet((last) -> Math.max(last + 1, System.currentTimeMillis()));
	}

	private List<Shards> revoked() {
		List<Shards> revoked = new ArrayList<>();
		this.claims.forEach((id, claim) -> {
			if (isHeld(id) && !isGranted(id, claim) && !this.lost.contains(id)) {
				revoked.add(new Shards(id.name(), ShardSet.of(id.shard())));
			}
		});
		return revoked;
	}

	private boolean isGranted(TaskId id, Claim claim) {
		Gift gift = this.gifts.get(id);
		return gift != null && gift.grant() != null && gift.grant().token() == claim.token();
	}

	private List<Unassigned> unassigned() {
		List<Unassigned> unassigned = new ArrayList<>();
		for (TaskDefinition task : member().tasks()) {
			List<Integer> shards = new ArrayList<>();
			for (int shard = 0; shard < task.shards(); shard++) {
				TaskId id = new TaskId(task.name(), shard);
				if (!this.gifts.containsKey(id) && !this.claims.containsKey(id)) {
					shards.add(shard);
				}
			}
			if (!shards.isEmpty()) {
				unassigned.add(new Unassigned(task.name(), ShardSet.of(shards), "the test has not assigned it"));
			}
		}
		return unassigned;
	}

	/**
	 * Whether a change has come true.
	 * @param change a change that was accepted
	 * @return whether it has
	 */
	boolean isDone(OwnershipChange change) {
		Set<TaskId> ids = change.ids();
		if (ids == null) {
			return false;
		}
		return switch (change.kind()) {
			case ASSIGN, FAIL_OVER -> ids.stream().allMatch((id) -> {
				Gift gift = this.gifts.get(id);
				return gift == null || gift.grant() != null;
			});
			case REVOKE -> ids.stream().noneMatch(this.claims::containsKey);
			case LOSE -> true;
		};
	}

	/**
	 * What a change may be waiting for.
	 * @return the answer, for people
	 */
	String pending() {
		List<TaskId> stopping = this.claims.entrySet()
			.stream()
			.filter((entry) -> !isGranted(entry.getKey(), entry.getValue()))
			.map(Map.Entry::getKey)
			.sorted()
			.toList();
		return stopping.isEmpty() ? "the instance does not respond" : "code of %s still runs".formatted(stopping);
	}

	/**
	 * A shard that the test has given to the instance.
	 *
	 * @param grant the ownership, {@code null} until the shard is free
	 * @param crash when the former owner has crashed, if it has
	 */
	private record Gift(@Nullable Grant grant, @Nullable Instant crash) {
	}

}
