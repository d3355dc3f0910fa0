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
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import io.distributedtask.internal.message.Reservation;
import io.distributedtask.internal.message.ShardSet;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.GroupMembership.Round;
import org.jspecify.annotations.Nullable;

/**
 * The leader's memory of whose shards are whose, so that an instance that comes back gets
 * what was its own, and nobody else gets it before.
 * <p>
 * Shards of an instance that is gone are kept for the rebalance delay; those of a static
 * member that has stopped in order for as long as the coordinator counts it in, which is
 * a session timeout. What is remembered is also told to some members, who repeat it when
 * they join: the leader may be the one that goes.
 */
public final class ShardKeeper {

	/** Enough that they do not all go at once, and few enough to cost next to nothing. */
	private static final int WITNESSES = 8;

	/** How long a shard can have been without an owner, beyond the delay. */
	private static final Duration LONGEST_OWNERLESS = Duration.ofHours(1);

	/** Owners that have just joined are counted in for a session. */
	private static final Duration LONGEST_SESSION = Duration.ofHours(1);

	private final Duration delay;

	private final Clocks clocks;

	private final ReplacedMembers formerProcesses;

	private Map<TaskId, Keep> keeps = new TreeMap<>();

	/** Whether something may be running that no account tells of. */
	private boolean blind;

	/**
	 * Create a keeper without memory.
	 * @param delay how long the shards of an instance that is gone are kept
	 * @param clocks the leader's clocks
	 */
	public ShardKeeper(Duration delay, Clocks clocks) {
		this.delay = delay;
		this.clocks = clocks;
		this.formerProcesses = new ReplacedMembers(clocks);
	}

	/**
	 * Take over what members have heard from the former leader.
	 * @param round the round
	 * @return how far the schedules had come of shards that nobody owned
	 */
	Collection<Progress> recall(Round round) {
		this.keeps.clear();
		int newest = round.newestGeneration();
		List<Reservation> told = round.members()
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
		List<Progress> progress = new ArrayList<>();
		for (Reservation kept : told) {
			Keep keep = new Keep(kept.instance(), kept.shardCount(), believable(kept.ownerless()), kept.gone());
			kept.shards().stream().forEach((shard) -> this.keeps.put(new TaskId(kept.task(), shard), keep));
			progress.addAll(kept.progress());
		}
		boolean holds = newest == round.generation() - 1;
		return progress.stream().map((known) -> holds ? known.kept() : known.doubtful()).toList();
	}

	private @Nullable Instant believable(@Nullable Instant ownerless) {
		Instant now = Instant.ofEpochMilli(this.clocks.millis());
		boolean isRight = ownerless != null && !ownerless.isAfter(now.plus(LONGEST_SESSION))
				&& ownerless.isAfter(now.minus(this.delay).minus(LONGEST_OWNERLESS));
		return isRight ? ownerless : null;
	}

	/**
	 * Say what is to be heeded in a round.
	 * @param round the round
	 * @param roster its members
	 * @param claims what they hold
	 * @param catalogue the tasks
	 * @param remembers whether what is remembered here is the round before
	 * @param ownedUntil until when owners were counted in that are missing only now
	 * @param keeping what is to be heeded
	 * @return that, with what is kept
	 */
	Constraint look(Round round, Roster roster, Claims claims, TaskCatalog catalogue, boolean remembers,
			Instant ownedUntil, Constraint keeping) {
		Instant now = Instant.ofEpochMilli(this.clocks.millis());
		keeping.ownedUntil(ownedUntil);
		this.formerProcesses.look(round, remembers);
		for (Iterator<Map.Entry<TaskId, Keep>> entries = this.keeps.entrySet().iterator(); entries.hasNext();) {
			Map.Entry<TaskId, Keep> entry = entries.next();
			TaskId id = entry.getKey();
			TaskDefinition task = catalogue.definitions().get(id.name());
			if (claims.holder(id) != null) {
				continue;
			}
			if (task != null && task.shards() != entry.getValue().shardCount()) {
				entries.remove();
				continue;
			}
			Keep keep = entry.getValue();
			if (!isRestarting(round, roster, keep)) {
				boolean isHere = roster.memberOf(keep.instance()) != null;
				keep = keep.ownerless(ownedUntil, isHere ? null : now);
				entry.setValue(keep);
			}
			keeping.ownerlessSince(id, keep.ownerless());
			boolean isKept = look(round, roster, id, keep, now, keeping);
			if (!isKept && task == null && round.complete()) {
				// a task that nobody has any more is a new one when it comes again
				entries.remove();
			}
		}
		withholdFromFormerProcesses(round, claims, catalogue, remembers, keeping);
		return keeping;
	}

	/**
	 * Whether an instance has said that it stops, and is expected back.
	 */
	private boolean isRestarting(Round round, Roster roster, Keep keep) {
		String memberId = roster.memberOf(keep.instance());
		return memberId != null && isRestarting(round, roster, memberId);
	}

	private boolean isRestarting(Round round, Roster roster, String memberId) {
		MemberMetadata member = round.members().get(memberId);
		return member != null && member.draining() && (!this.delay.isZero() || roster.isStatic(memberId));
	}

	/**
	 * Look at a shard that nobody claims.
	 * @return whether it is kept for an instance that is away
	 */
	private boolean look(Round round, Roster roster, TaskId id, Keep keep, Instant now, Constraint keeping) {
		String memberId = roster.memberOf(keep.instance());
		MemberMetadata member = (memberId != null) ? round.members().get(memberId) : null;
		if (memberId == null || member == null) {
			Instant until = (keep.gone() != null) ? keep.gone().plus(this.delay) : now;
			if (now.isBefore(until)) {
				keeping.keepFor(id,
						"kept for %s until %s".formatted(keep.instance(), until.truncatedTo(ChronoUnit.SECONDS)));
				keeping.lookAgainAfter(Duration.between(now, until));
				return true;
			}
			return false;
		}
		if (!member.draining()) {
			keeping.belongsTo(id, roster.name(memberId));
		}
		else if (isRestarting(round, roster, memberId)) {
			keeping.keepFor(id, "kept for %s while it restarts".formatted(roster.name(memberId)));
			return true;
		}
		return false;
	}

	/**
	 * A leader that does not know what the last one did cannot know either what a former
	 * process runs whose successor does not: it gives nothing away that may be running,
	 * for as long as the successor says so.
	 */
	private void withholdFromFormerProcesses(Round round, Claims claims, TaskCatalog catalogue, boolean remembers,
			Constraint keeping) {
		MemberMetadata replacing = round.staticIds()
			.keySet()
			.stream()
			.map(round.members()::get)
			.filter((member) -> member != null && member.replacing())
			.findFirst()
			.orElse(null);
		this.blind = replacing != null && (this.blind || !remembers);
		for (TaskDefinition task : catalogue.definitions().values()) {
			for (int shard = 0; shard < task.shards(); shard++) {
				TaskId id = new TaskId(task.name(), shard);
				String instance = this.formerProcesses.mayRunOn(id);
				if (claims.holder(id) != null) {
					continue;
				}
				if (instance != null) {
					keeping.withhold(id, mayStillRun(instance));
					keeping.mayStillRunAt(id, this.formerProcesses.successor(id));
					keeping.lookAgainAfter(this.formerProcesses.remaining(id));
				}
				else if (replacing != null && this.blind) {
					keeping.withhold(id, mayStillRun(replacing.instance()));
				}
			}
		}
	}

	private static String mayStillRun(String instance) {
		return "a former process of %s may still run it".formatted(instance);
	}

	/**
	 * How many shards are remembered.
	 */
	int remembered() {
		return this.keeps.size();
	}

	/**
	 * Remember a round.
	 * @param round the round
	 * @param roster its members
	 * @param claims what they held
	 * @param plan what they are told
	 */
	void remember(Round round, Roster roster, Claims claims, Map<String, MemberAssignment> plan) {
		this.formerProcesses.remember(round, plan);
		Map<TaskId, Keep> next = new TreeMap<>();
		plan.forEach((memberId, assignment) -> {
			for (Grant grant : assignment.grants()) {
				Keep keep = new Keep(roster.identity(memberId), grant.shardCount(), null, null);
				grant.shards().stream().forEach((shard) -> next.put(new TaskId(grant.task(), shard), keep));
			}
		});
		claims.holders().forEach((id, holder) -> {
			if (isRestarting(round, roster, holder.memberId())) {
				next.put(id, new Keep(roster.identity(holder.memberId()), holder.claim().shardCount(), null, null));
			}
		});
		this.keeps.forEach((id, keep) -> {
			if (claims.holder(id) == null && next.size() < GroupLimits.MAX_SHARDS) {
				next.putIfAbsent(id, keep);
			}
		});
		this.keeps = next;
	}

	/**
	 * What to tell others.
	 * @param plan what members own
	 * @param progress how far schedules have come
	 * @param ownedToo whether to name the owners of shards that have one, too
	 * @return what is remembered
	 */
	List<Reservation> kept(Map<String, MemberAssignment> plan, Map<TaskId, Progress> progress, boolean ownedToo) {
		Set<TaskId> owned = plan.values()
			.stream()
			.flatMap((assignment) -> assignment.grants().stream())
			.flatMap((grant) -> grant.shards().stream().mapToObj((shard) -> new TaskId(grant.task(), shard)))
			.collect(Collectors.toSet());
		Map<Reservation, BitSet> shards = new LinkedHashMap<>();
		Map<Reservation, List<Progress>> known = new HashMap<>();
		this.keeps.forEach((id, keep) -> {
			boolean isOwned = owned.contains(id);
			if (isOwned && !ownedToo) {
				return;
			}
			Reservation terms = new Reservation(keep.instance(), keep.ownerless(), keep.gone(), id.name(),
					keep.shardCount(), ShardSet.EMPTY, List.of());
			shards.computeIfAbsent(terms, (key) -> new BitSet()).set(id.shard());
			Progress come = isOwned ? null : progress.get(id);
			if (come != null) {
				known.computeIfAbsent(terms, (key) -> new ArrayList<>()).add(come);
			}
		});
		List<Reservation> kept = new ArrayList<>();
		shards.forEach((terms, set) -> kept.add(new Reservation(terms.instance(), terms.ownerless(), terms.gone(),
				terms.task(), terms.shardCount(), ShardSet.of(set), known.getOrDefault(terms, List.of()))));
		return kept;
	}

	/**
	 * Whether there is a use in telling others.
	 */
	boolean tellsOthers(Round round) {
		return !this.delay.isZero() || !round.staticIds().isEmpty();
	}

	/**
	 * Who is told: the leader, those that restart, since the coordinator hands their
	 * assignment to their successors, and a few more.
	 * @param round the round
	 * @param roster its members
	 * @return member ids
	 */
	Collection<String> witnesses(Round round, Roster roster) {
		Comparator<Map.Entry<String, MemberMetadata>> order = Comparator
			.comparing((entry) -> !entry.getKey().equals(round.leader()));
		order = order.thenComparing((entry) -> !isRestarting(round, roster, entry.getKey()))
			.thenComparing((entry) -> entry.getValue().draining())
			.thenComparing(Map.Entry::getKey);
		long restarting = round.members().keySet().stream().filter((id) -> isRestarting(round, roster, id)).count();
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
	 */
	private record Keep(String instance, int shardCount, @Nullable Instant ownerless, @Nullable Instant gone) {

		/**
		 * The same when nobody owns the shard. Another leader's clock may have been ahead
		 * when it noticed.
		 * @param since until when somebody did, of use if it is new
		 * @param now the time if the instance is gone
		 */
		Keep ownerless(Instant since, @Nullable Instant now) {
			return new Keep(this.instance, this.shardCount, (this.ownerless != null) ? this.ownerless : since,
					(now != null && this.gone != null && this.gone.isBefore(now)) ? this.gone : now);
		}

	}

}
