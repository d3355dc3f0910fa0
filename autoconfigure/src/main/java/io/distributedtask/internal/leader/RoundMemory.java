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

import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.distributedtask.TaskId;
import io.distributedtask.internal.leader.MoveLimit.Waiting;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import io.distributedtask.internal.message.OperatorCommand.Key;
import io.distributedtask.internal.message.Reservation;
import io.distributedtask.internal.port.Round;
import org.jspecify.annotations.Nullable;

/**
 * All that a leader remembers from one round to the next. What members report in a round
 * makes the memory {@link #learn learn}; what they are told makes the memory for the next
 * round ({@link #planned}). Immutable: a round that has to be planned twice is planned
 * from the same memory twice.
 *
 * @param last the last round
 * @param isDoubtful whether the leader's own lease has ended since: others may have owned
 * shards in the meantime
 * @param lost the shards whose last owner has vanished: it was told to run them, claims
 * them no longer and has not given them back. {@code null} if that is not known
 * @param progress how far the schedules of shards have come that nobody claims
 * @param reservations whose shards are whose
 * @param successes when runs have ended well
 * @param formerProcesses what processes may still run that others have taken the place of
 * @param regathering the instances that are waited for
 * @param intended where shards were to go that are still on their way
 * @param waiting which of these have not begun to move
 * @param absentSince since when the task or the instance of an operator's decision is not
 * there, by the monotonic clock
 */
record RoundMemory(LastRound last, boolean isDoubtful, @Nullable Set<TaskId> lost, KnownProgress progress,
		Reservations reservations, Successes successes, FormerProcesses formerProcesses, Regathering regathering,
		Map<TaskId, String> intended, Waiting waiting, Map<Key, Long> absentSince) {

	static final RoundMemory NONE = new RoundMemory(LastRound.NONE, false, null, KnownProgress.NONE, Reservations.NONE,
			Successes.NONE, FormerProcesses.NONE, Regathering.NONE, Map.of(), Waiting.NONE, Map.of());

	/**
	 * The same after the leader's own lease has ended.
	 */
	RoundMemory doubtful() {
		return new RoundMemory(this.last, true, null, this.progress.doubtful(), this.reservations, this.successes,
				this.formerProcesses, this.regathering, this.intended, this.waiting, this.absentSince);
	}

	/**
	 * The same with what members report. A leader that has not planned the round before
	 * goes by what the members remember of the one that has.
	 */
	RoundMemory learn(RoundFacts facts) {
		RoundMemory basis = facts.remembers() ? this : recall(facts);
		KnownProgress progress = basis.progress.learn(facts, facts.remembers() && !this.isDoubtful);
		return new RoundMemory(this.last, false, basis.lost(facts, progress.released()), progress,
				basis.reservations.learn(facts), this.successes.learn(facts), this.formerProcesses.learn(facts),
				this.regathering.learn(facts, progress), basis.intended, basis.waiting, basis.absentSince);
	}

	private RoundMemory recall(RoundFacts facts) {
		Round round = facts.round();
		List<Reservation> recalled = Reservations.recall(round);
		boolean isRecent = round.newestGeneration() == round.generation() - 1;
		List<Progress> progress = recalled.stream()
			.flatMap((reservation) -> reservation.progress().stream())
			.map((known) -> isRecent ? known.kept() : known.doubtful())
			.toList();
		boolean isNewest = round.newestGeneration() == this.last.generation();
		return new RoundMemory(this.last, this.isDoubtful, null, this.progress.doubtful().with(progress),
				Reservations.of(recalled, facts), this.successes, this.formerProcesses, this.regathering,
				isNewest ? this.intended : Map.of(), isNewest ? this.waiting : Waiting.NONE, Map.of());
	}

	/**
	 * If it is not known what the leader before this one did, every task had owners that
	 * a member of the group's last generation can run.
	 */
	private @Nullable Set<TaskId> lost(RoundFacts facts, Set<TaskId> released) {
		Round round = facts.round();
		if (this.lost != null) {
			Set<TaskId> lost = new HashSet<>(this.lost);
			lost.addAll(this.last.inUse());
			lost.removeIf((id) -> facts.isClaimed(id) || released.contains(id)
			// what members cannot tell yet that they run is not gone
					|| round.complete() && !facts.catalog().has(id));
			return lost;
		}
		if (!round.complete()) {
			return null;
		}
		Set<String> known = new HashSet<>();
		// many members share one list
		Set<Set<String>> lists = Collections.newSetFromMap(new IdentityHashMap<>());
		round.members().values().forEach((member) -> {
			Set<String> runnable = facts.catalog().runnableBy(member);
			if (member.generation() >= 0 && lists.add(runnable)) {
				known.addAll(runnable);
			}
		});
		return facts.unclaimed()
			.filter((id) -> known.contains(id.name()) && !released.contains(id))
			.collect(Collectors.toSet());
	}

	/**
	 * Whether a shard had an owner that has vanished.
	 */
	boolean isLost(TaskId id) {
		return this.lost != null && this.lost.contains(id);
	}

	/**
	 * The memory for the next round.
	 * @param facts what is so in this one
	 * @param plan what the members are told
	 * @param intended where the shards are to go
	 * @param waiting which of these have not begun to move, {@code null} if there is no
	 * change
	 * @param absentSince since when the task or the instance of an operator's decision is
	 * not there
	 */
	RoundMemory planned(RoundFacts facts, Map<String, MemberAssignment> plan, Map<TaskId, String> intended,
			@Nullable Waiting waiting, Map<Key, Long> absentSince) {
		return new RoundMemory(LastRound.of(facts.round(), plan), false, this.lost, this.progress,
				this.reservations.planned(facts, plan), this.successes.planned(facts.round(), plan),
				this.formerProcesses, this.regathering, intended, (waiting != null) ? waiting : this.waiting,
				absentSince);
	}

}
