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

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import io.distributedtask.internal.message.Reservation;
import io.distributedtask.internal.message.ShardGroups;
import io.distributedtask.internal.message.ShardSet;
import io.distributedtask.internal.port.Round;
import org.jspecify.annotations.Nullable;

/**
 * Whose shards are whose, so that an instance that comes back gets what was its own, and
 * nobody else gets it before.
 * <p>
 * Shards of an instance that is gone are kept for the rebalance delay; those of a static
 * member that has stopped in order for as long as the coordinator counts it in, which is
 * a session timeout. What is remembered is also told to some members, who report it when
 * they join: the leader may be the one that goes.
 *
 * @param shards whose each shard is
 */
record Reservations(Map<TaskId, Reserved> shards) {

	static final Reservations NONE = new Reservations(Map.of());

	/** Enough that they do not all go at once, and few enough to cost next to nothing. */
	private static final int WITNESSES = 8;

	/** How long a shard can have been without an owner, beyond the delay. */
	private static final Duration LONGEST_OWNERLESS = Duration.ofHours(1);

	/** Owners that have just joined are counted in for a session. */
	private static final Duration LONGEST_SESSION = Duration.ofHours(1);

	/**
	 * What the members know of a former leader's reservations.
	 */
	static List<Reservation> recall(Round round) {
		int newest = round.newestGeneration();
		return round.members()
			.values()
			.stream()
			.filter((member) -> member.generation() == newest && !member.kept().isEmpty())
			.filter((member) -> member.kept()
				.stream()
				.mapToLong((kept) -> kept.shards().size())
				.sum() <= GroupLimits.MAX_SHARDS)
			.min(Comparator.comparing(MemberMetadata::instance).thenComparing(MemberMetadata::incarnation))
			.map(MemberMetadata::kept)
			.orElse(List.of());
	}

	static Reservations of(List<Reservation> recalled, RoundFacts facts) {
		Map<TaskId, Reserved> shards = new HashMap<>();
		for (Reservation kept : recalled) {
			Reserved reserved = new Reserved(kept.instance(), kept.shardCount(), believable(kept.ownerless(), facts),
					kept.gone());
			kept.shards().ids(kept.task()).forEach((id) -> shards.put(id, reserved));
		}
		return new Reservations(shards);
	}

	private static @Nullable Instant believable(@Nullable Instant ownerless, RoundFacts facts) {
		boolean isRight = ownerless != null && !ownerless.isAfter(facts.now().plus(LONGEST_SESSION))
				&& ownerless.isAfter(facts.now().minus(facts.delay()).minus(LONGEST_OWNERLESS));
		return isRight ? ownerless : null;
	}

	/**
	 * The same with what is so in a round: shards that nobody claims are without an owner
	 * now, those of another split of their task or of a task that nobody has any more are
	 * nobody's.
	 */
	Reservations learn(RoundFacts facts) {
		Map<TaskId, Reserved> shards = new HashMap<>(this.shards.size() * 2);
		this.shards.forEach((id, reserved) -> {
			TaskDefinition task = facts.catalog().definitions().get(id.name());
			if (facts.isClaimed(id)) {
				shards.put(id, reserved);
			}
			else if (task == null || task.shards() == reserved.shardCount()) {
				String memberId = facts.roster().memberOf(reserved.instance());
				boolean isRestarting = memberId != null && facts.isRestarting(memberId);
				Reserved next = isRestarting ? reserved
						: reserved.ownerless(facts.former().ownedUntil(), (memberId != null) ? null : facts.now());
				// a task that nobody has any more is a new one when it comes again
				if (task != null || !facts.round().complete() || isRestarting
						|| memberId == null && facts.now().isBefore(next.until(facts))) {
					shards.put(id, next);
				}
			}
		});
		return new Reservations(shards);
	}

	void constrain(RoundFacts facts, Constraint.Builder constraint) {
		this.shards.forEach((id, reserved) -> {
			if (facts.isClaimed(id)) {
				return;
			}
			constraint.ownerlessSince(id, reserved.ownerless());
			String memberId = facts.roster().memberOf(reserved.instance());
			MemberMetadata member = (memberId != null) ? facts.round().members().get(memberId) : null;
			if (memberId == null || member == null) {
				Instant until = reserved.until(facts);
				if (facts.now().isBefore(until)) {
					constraint.keep(id, "reserved for %s until %s".formatted(reserved.instance(),
							until.truncatedTo(ChronoUnit.SECONDS)));
					constraint.lookAgainAfter(Duration.between(facts.now(), until));
				}
			}
			else if (!member.draining()) {
				constraint.belongsTo(id, facts.roster().name(memberId));
			}
			else if (facts.isRestarting(memberId)) {
				constraint.keep(id, "reserved for %s while it restarts".formatted(facts.roster().name(memberId)));
			}
		});
	}

	/**
	 * The same after a round.
	 * @param plan what the members are told
	 */
	Reservations planned(RoundFacts facts, Map<String, MemberAssignment> plan) {
		Map<TaskId, Reserved> next = new HashMap<>(this.shards.size() * 2);
		plan.forEach((memberId, assignment) -> {
			for (Grant grant : assignment.grants()) {
				Reserved reserved = new Reserved(facts.roster().identity(memberId), grant.shardCount(), null, null);
				grant.ids().forEach((id) -> next.put(id, reserved));
			}
		});
		facts.claims().holders().forEach((id, holder) -> {
			if (facts.isRestarting(holder.memberId())) {
				next.put(id, new Reserved(facts.roster().identity(holder.memberId()), holder.claim().shardCount(), null,
						null));
			}
		});
		this.shards.forEach((id, reserved) -> {
			if (!facts.isClaimed(id) && next.size() < GroupLimits.MAX_SHARDS) {
				next.putIfAbsent(id, reserved);
			}
		});
		return new Reservations(next);
	}

	/**
	 * Let some members know whose shards are whose, if there is room for that: they
	 * report it to the next leader, and so it has to fit in twice.
	 * @param progress how far schedules have come
	 */
	Map<String, MemberAssignment> tell(RoundFacts facts, Map<String, MemberAssignment> plan, KnownProgress progress) {
		Round round = facts.round();
		if (facts.delay().isZero() && round.staticIds().isEmpty()) {
			return plan;
		}
		for (boolean ownedToo : new boolean[] { true, false }) {
			List<Reservation> kept = list(plan, progress, ownedToo);
			if (kept.isEmpty()) {
				continue;
			}
			Map<String, MemberAssignment> told = new HashMap<>(plan);
			witnesses(facts)
				.forEach((memberId) -> told.computeIfPresent(memberId, (id, assignment) -> assignment.withKept(kept)));
			if (round.budget().size(told) <= round.budget().limit() / (ownedToo ? 2 : 1)) {
				return told;
			}
		}
		return plan;
	}

	/**
	 * What to tell others.
	 * @param ownedToo whether to name the owners of shards that have one, too
	 */
	private List<Reservation> list(Map<String, MemberAssignment> plan, KnownProgress progress, boolean ownedToo) {
		Set<TaskId> owned = new HashSet<>();
		plan.values().forEach((assignment) -> assignment.grants().forEach((grant) -> grant.ids().forEach(owned::add)));
		ShardGroups<Reservation> shards = new ShardGroups<>();
		Map<Reservation, List<Progress>> known = new HashMap<>();
		new TreeMap<>(this.shards).forEach((id, reserved) -> {
			boolean isOwned = owned.contains(id);
			if (isOwned && !ownedToo) {
				return;
			}
			Reservation terms = new Reservation(reserved.instance(), reserved.ownerless(), reserved.gone(), id.name(),
					reserved.shardCount(), ShardSet.EMPTY, List.of());
			shards.add(terms, id.shard());
			Progress come = isOwned ? null : progress.known().get(id);
			if (come != null) {
				known.computeIfAbsent(terms, (key) -> new ArrayList<>()).add(come);
			}
		});
		return shards.toList((terms, set) -> new Reservation(terms.instance(), terms.ownerless(), terms.gone(),
				terms.task(), terms.shardCount(), set, known.getOrDefault(terms, List.of())));
	}

	/**
	 * Who is told: the leader, those that restart, since the coordinator hands their
	 * assignment to their successors, and a few more.
	 */
	static Collection<String> witnesses(RoundFacts facts) {
		Round round = facts.round();
		Comparator<Map.Entry<String, MemberMetadata>> order = Comparator
			.comparing((entry) -> !entry.getKey().equals(round.leader()));
		order = order.thenComparing((entry) -> !facts.isRestarting(entry.getKey()))
			.thenComparing((entry) -> entry.getValue().draining())
			.thenComparing(Map.Entry::getKey);
		long restarting = round.members().keySet().stream().filter(facts::isRestarting).count();
		return round.members()
			.entrySet()
			.stream()
			.sorted(order)
			.limit(WITNESSES + restarting)
			.map(Map.Entry::getKey)
			.toList();
	}

	/**
	 * Whose a shard is.
	 *
	 * @param instance the static member id or the name of the instance
	 * @param shardCount the number of shards of its task
	 * @param ownerless since when nobody owns it, {@code null} if somebody does
	 * @param gone since when the instance is gone, {@code null} if it is not
	 */
	record Reserved(String instance, int shardCount, @Nullable Instant ownerless, @Nullable Instant gone) {

		/**
		 * The same when nobody owns the shard. Another leader's clock may have been ahead
		 * when it noticed.
		 * @param since until when somebody did, of use if it is new
		 * @param now the time if the instance is gone
		 */
		Reserved ownerless(Instant since, @Nullable Instant now) {
			return new Reserved(this.instance, this.shardCount, (this.ownerless != null) ? this.ownerless : since,
					(now != null && this.gone != null && this.gone.isBefore(now)) ? this.gone : now);
		}

		/**
		 * Until when the shard is kept.
		 */
		Instant until(RoundFacts facts) {
			return (this.gone != null) ? this.gone.plus(facts.delay()) : facts.now();
		}

	}

}
