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
import java.util.stream.Collectors;

import io.distributedtask.TaskId;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import io.distributedtask.internal.message.TimeBounds;
import io.distributedtask.internal.port.Round;

/**
 * How far the schedules of shards have come that nobody claims. It is kept until a new
 * owner claims the shard: an assignment that never reached its member would take the
 * knowledge with it. Whatever happens to an owner, what it reported as done is done: the
 * worst is that others may have gone further.
 *
 * @param known the progress of shards that no owner is known to have taken up
 * @param exact the shards of which the last owner itself has reported how far it came
 */
record KnownProgress(Map<TaskId, Progress> known, Set<TaskId> exact) {

	static final KnownProgress NONE = new KnownProgress(Map.of(), Set.of());

	private static final Comparator<Progress> BY_ADVANCE = Comparator.comparing(KnownProgress::over)
		.thenComparing(KnownProgress::latest);

	/**
	 * The shards that nobody has had since they were given back in order.
	 */
	Set<TaskId> released() {
		return this.known.values()
			.stream()
			.filter((progress) -> !progress.isLost())
			.map(Progress::id)
			.collect(Collectors.toSet());
	}

	boolean hasLost() {
		return this.known.values().stream().anyMatch(Progress::isLost);
	}

	/**
	 * Whether nobody can have gone further than is known.
	 */
	boolean isExact(TaskId id) {
		Progress progress = this.known.get(id);
		return progress != null && (!progress.isLost() || this.exact.contains(id));
	}

	/**
	 * The same when others may have gone further.
	 */
	KnownProgress doubtful() {
		Map<TaskId, Progress> doubtful = new HashMap<>(this.known);
		doubtful.replaceAll((id, progress) -> progress.doubtful());
		doubtful.values().removeIf((progress) -> progress.anchors().isEmpty());
		return new KnownProgress(doubtful, Set.of());
	}

	/**
	 * The same with what members remember of a former leader.
	 */
	KnownProgress with(Collection<Progress> recalled) {
		Map<TaskId, Progress> known = new HashMap<>(this.known);
		recalled.forEach((progress) -> known.merge(progress.id(), progress, KnownProgress::later));
		return new KnownProgress(known, this.exact);
	}

	/**
	 * The same with what members report. A shard whose next owner has vanished, or has
	 * had and lost it, may have gone further; the latter reports how far. What a member
	 * repeats, since it does not know that it was understood, is no news; unless it has
	 * held the shard again meanwhile.
	 * @param facts what is so in the round
	 * @param comparable whether the reports of the last round tell what is news
	 */
	KnownProgress learn(RoundFacts facts, boolean comparable) {
		Round round = facts.round();
		Reports reports = new Reports(facts, comparable);
		Map<TaskId, Progress> known = new HashMap<>(this.known);
		Set<TaskId> exact = new HashSet<>(this.exact);
		Set<TaskId> vanished = reports.vanished();
		vanished.forEach((id) -> {
			exact.remove(id);
			known.computeIfPresent(id, (key, progress) -> progress.doubtful());
		});
		known.values().removeIf((progress) -> progress.isLost() && progress.anchors().isEmpty());
		known.replaceAll((id, progress) -> progress.kept());
		Newest newest = Newest.of(facts);
		round.members().forEach((memberId, member) -> {
			if (member.releases().isEmpty() || reports.isStale(memberId)) {
				return;
			}
			// the leader announces this very memory, as it was when it joined
			boolean isMemory = memberId.equals(round.leader());
			Set<Progress> reportedBefore = reports.reportedBefore(memberId);
			boolean isRepeated = reports.mayBeRepeated(member);
			for (Progress reported : member.releases()) {
				Progress release = (isRepeated && !reported.isLost()) ? reported.doubtful() : reported;
				boolean isNews = (release.isLost() || !isMemory || !vanished.contains(release.id()))
						&& !reportedBefore.contains(reported);
				if (isNews && isBelievable(release, facts)
						&& known.merge(release.id(), release, KnownProgress::later) == release) {
					exact.remove(release.id());
					if (newest.knows(member, release)) {
						exact.add(release.id());
					}
				}
			}
		});
		known.values().removeIf((progress) -> !isBelievable(progress, facts) || facts.isClaimed(progress.id()));
		exact.retainAll(known.keySet());
		return new KnownProgress(known, exact);
	}

	private static boolean isBelievable(Progress progress, RoundFacts facts) {
		return facts.catalog().has(progress.id()) && TimeBounds.isBelievable(progress, facts.now().toEpochMilli());
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
	 * What members report, beside what they reported in the last round.
	 *
	 * @param facts what is so in the round
	 * @param comparable whether the last round is the one before
	 */
	private record Reports(RoundFacts facts, boolean comparable) {

		/**
		 * The shards whose next owner does not hold them, whatever it has done.
		 */
		Set<TaskId> vanished() {
			Set<TaskId> vanished = new HashSet<>();
			Round round = this.facts.round();
			this.facts.last().granted().forEach((id, grantee) -> {
				MemberMetadata owner = grantee.isNew() ? round.members().get(grantee.memberId()) : null;
				if (grantee.isNew() && (owner == null || isStale(grantee.memberId())
						|| !this.facts.isClaimed(id) && !grantee.memberId().equals(round.leader())
								&& owner.generation() >= this.facts.last().generation())) {
					vanished.add(id);
				}
			});
			return vanished;
		}

		/**
		 * Whether this is a member's metadata of an earlier round: the coordinator does
		 * not drop a static member that misses a round, and repeats what it has sent
		 * before. Who was not in the last round has joined since, under a new id.
		 */
		boolean isStale(String memberId) {
			Round round = this.facts.round();
			MemberMetadata member = round.members().get(memberId);
			if (member == null || !round.staticIds().containsKey(memberId) || memberId.equals(round.leader())) {
				return false;
			}
			MemberMetadata before = this.comparable ? this.facts.last().members().get(memberId) : null;
			if (before != null) {
				return member.equals(before);
			}
			return !this.comparable && member.generation() >= 0 && member.generation() < round.newestGeneration();
		}

		/**
		 * Whether a member may have reported its releases in a round of which this leader
		 * knows nothing, and somebody has been given the shards in it: it reports them
		 * until it has an assignment that was made after that.
		 */
		boolean mayBeRepeated(MemberMetadata member) {
			return !this.comparable && member.generation() < this.facts.round().generation() - 1;
		}

		/**
		 * What a member reported in the last round without having held the shard then.
		 */
		Set<Progress> reportedBefore(String memberId) {
			MemberMetadata before = this.comparable ? this.facts.last().members().get(memberId) : null;
			if (before == null || before.releases().isEmpty()) {
				return Set.of();
			}
			Set<TaskId> claimed = new HashSet<>();
			before.claims().forEach((claim) -> claim.ids().forEach(claimed::add));
			return before.releases()
				.stream()
				.filter((release) -> !claimed.contains(release.id()))
				.collect(Collectors.toSet());
		}

	}

	/**
	 * What the members of a round know to be the newest.
	 *
	 * @param generation the newest generation that somebody has seen
	 * @param token the highest token that somebody has seen
	 */
	private record Newest(int generation, long token) {

		static Newest of(RoundFacts facts) {
			Round round = facts.round();
			int generation = round.newestGeneration();
			if (facts.last().generation() < round.generation()) {
				generation = Math.max(generation, facts.last().generation());
			}
			return new Newest(generation,
					round.members().values().stream().mapToLong(MemberMetadata::highestToken).max().orElse(0));
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
