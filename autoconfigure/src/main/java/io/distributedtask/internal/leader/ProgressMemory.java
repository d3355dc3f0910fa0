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

package io.distributedtask.internal.leader;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import io.distributedtask.TaskId;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import io.distributedtask.internal.port.GroupMembership.Round;

/**
 * The leader's memory of how far schedules have come, kept until a new owner claims the
 * shard: an assignment that never reached its member would take the knowledge with it.
 * Whatever happens to an owner, what it has said to be done is done: the worst is that
 * others may have gone further.
 */
final class ProgressMemory {

	private static final Comparator<Progress> BY_ADVANCE = Comparator.comparing(ProgressMemory::over)
		.thenComparing(ProgressMemory::latest);

	private final Map<TaskId, Progress> known = new HashMap<>();

	/** Shards of which whoever had them last has told how far it came. */
	private final Set<TaskId> exact = new HashSet<>();

	private final Map<TaskId, String> givenTo = new HashMap<>();

	/** What members have said in the last round. */
	private final Map<String, MemberMetadata> heard = new HashMap<>();

	/** The generation of that round, -1 if it is not known any more. */
	private int heardIn = -1;

	/**
	 * The progress of shards that no owner is known to have taken up.
	 */
	Map<TaskId, Progress> known() {
		return this.known;
	}

	/**
	 * The shards that nobody has had since they were given back in order.
	 */
	Set<TaskId> released() {
		Set<TaskId> released = new HashSet<>(this.known.keySet());
		released.removeIf((id) -> isLost(id));
		return released;
	}

	private boolean isLost(TaskId id) {
		Progress progress = this.known.get(id);
		return progress != null && progress.isLost();
	}

	/**
	 * Whether nobody can have gone further than is known.
	 */
	boolean isExact(TaskId id) {
		return this.known.containsKey(id) && (!isLost(id) || this.exact.contains(id));
	}

	/**
	 * Others may have gone further than is remembered.
	 */
	void doubt() {
		this.known.keySet().forEach(this::doubt);
		this.known.values().removeIf((progress) -> progress.anchors().isEmpty());
		this.heard.clear();
		this.heardIn = -1;
	}

	private void doubt(TaskId id) {
		this.exact.remove(id);
		this.known.computeIfPresent(id, (key, progress) -> progress.doubtful());
	}

	/**
	 * Others may have gone further than is remembered here.
	 * @param recalled what others remember
	 */
	void doubt(Collection<Progress> recalled) {
		doubt();
		recalled.forEach((progress) -> this.known.merge(progress.id(), progress, ProgressMemory::later));
	}

	/**
	 * Learn what members say. A shard whose next owner has vanished, or has had and lost
	 * it, may have gone further; the latter says how far. What a member repeats, since it
	 * has not heard that it was understood, is no news; unless it has held the shard
	 * again meanwhile.
	 * @param round the round
	 * @param claims what members hold
	 * @param plannedGeneration the generation in which progress was given to next owners
	 * @param believable whether to believe what a member says
	 */
	void learn(Round round, Claims claims, int plannedGeneration, Predicate<Progress> believable) {
		Set<TaskId> vanished = new HashSet<>();
		this.givenTo.forEach((id, nextOwner) -> {
			MemberMetadata owner = round.members().get(nextOwner);
			if (owner == null || isStale(round, nextOwner) || (claims.holder(id) == null
					&& !nextOwner.equals(round.leader()) && owner.generation() >= plannedGeneration)) {
				vanished.add(id);
			}
		});
		vanished.forEach(this::doubt);
		this.known.values().removeIf((progress) -> progress.isLost() && progress.anchors().isEmpty());
		this.known.replaceAll((id, progress) -> progress.kept());
		this.givenTo.clear();
		Newest newest = Newest.of(round, plannedGeneration);
		round.members().forEach((memberId, member) -> {
			// the leader announces this very memory, as it was when it joined
			boolean memory = memberId.equals(round.leader());
			if (!member.releases().isEmpty() && !isStale(round, memberId)) {
				Set<Progress> saidBefore = saidBefore(memberId);
				member.releases()
					.stream()
					.filter(believable)
					.filter((release) -> release.isLost() || !memory || !vanished.contains(release.id()))
					.filter((release) -> !saidBefore.contains(release))
					.forEach((release) -> learn(release, newest.knows(member, release)));
			}
		});
		this.known.values().removeIf(believable.negate());
		this.known.keySet().removeIf((id) -> claims.holder(id) != null);
		this.exact.retainAll(this.known.keySet());
		this.heard.clear();
		this.heard.putAll(round.members());
		this.heardIn = round.generation();
	}

	private void learn(Progress release, boolean exact) {
		TaskId id = release.id();
		Progress later = this.known.merge(id, release, ProgressMemory::later);
		if (later == release) {
			this.exact.remove(id);
			if (exact) {
				this.exact.add(id);
			}
		}
	}

	/**
	 * What a member has said in the last round without having held the shard then.
	 */
	private Set<Progress> saidBefore(String memberId) {
		MemberMetadata said = this.heard.get(memberId);
		if (said == null || said.releases().isEmpty()) {
			return Set.of();
		}
		Set<TaskId> claimed = new HashSet<>();
		said.claims()
			.forEach((
					claim) -> claim.shards().stream().forEach((shard) -> claimed.add(new TaskId(claim.task(), shard))));
		Set<Progress> releases = new HashSet<>(said.releases());
		releases.removeIf((release) -> claimed.contains(release.id()));
		return releases;
	}

	/**
	 * Whether this is a member's metadata of an earlier round: the coordinator does not
	 * drop a static member that misses a round, and repeats what it has sent before. Who
	 * was not in the last round has joined since, under a new id.
	 */
	private boolean isStale(Round round, String memberId) {
		MemberMetadata member = round.members().get(memberId);
		if (member == null || !round.staticIds().containsKey(memberId) || memberId.equals(round.leader())) {
			return false;
		}
		MemberMetadata said = this.heard.get(memberId);
		if (said != null) {
			return member.equals(said);
		}
		return this.heardIn != round.generation() - 1 && member.generation() >= 0
				&& member.generation() < round.newestGeneration();
	}

	private static Progress later(Progress one, Progress other) {
		return (BY_ADVANCE.compare(other, one) < 0) ? one : other;
	}

	private static long over(Progress progress) {
		return progress.anchors().stream().filter(Progress.FOR_GOOD::equals).count();
	}

	private static Instant latest(Progress progress) {
		return progress.anchors()
			.stream()
			.filter((anchor) -> !anchor.equals(Progress.FOR_GOOD))
			.max(Comparator.naturalOrder())
			.orElse(Instant.EPOCH);
	}

	/**
	 * Take down to whom progress is given.
	 */
	void given(Round round, Map<String, MemberAssignment> plan) {
		plan.forEach((memberId, assignment) -> assignment.grants()
			.stream()
			.filter((grant) -> grant.generation() == round.generation())
			.forEach((grant) -> grant.shards()
				.stream()
				.forEach((shard) -> this.givenTo.put(new TaskId(grant.task(), shard), memberId))));
	}

	/**
	 * What the members of a round know to be the newest.
	 *
	 * @param generation the newest generation that somebody has seen
	 * @param token the highest token that somebody has seen
	 */
	private record Newest(int generation, long token) {

		static Newest of(Round round, int plannedGeneration) {
			int generation = round.newestGeneration();
			if (plannedGeneration < round.generation()) {
				generation = Math.max(generation, plannedGeneration);
			}
			long token = 0;
			for (MemberMetadata member : round.members().values()) {
				token = Math.max(token, member.highestToken());
			}
			return new Newest(generation, token);
		}

		/**
		 * Whether nobody can have had a shard since a member has lost it.
		 */
		boolean knows(MemberMetadata member, Progress release) {
			return release.isLost() && release.generation() >= Math.max(0, this.generation)
					&& member.highestToken() >= this.token;
		}

	}

}
