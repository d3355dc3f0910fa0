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

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

import io.distributedtask.TaskId;
import io.distributedtask.internal.member.OwnedShard;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.port.Ownership;
import io.distributedtask.internal.port.Ownership.Phase;
import org.jspecify.annotations.Nullable;

/**
 * Keeps book of every ownership in the group, and says when a promise is broken.
 */
final class OwnershipLedger {

	/** Until all know what an operator has asked for, and shards have moved for it. */
	private static final long OPERATION_TAKES = VirtualTime.millis(30_000);

	/**
	 * Half of the longest session: each clock is wrong by a quarter of its own at most.
	 */
	private static final long CLOCKS_APART_MILLIS = 4000;

	private final VirtualTime time;

	private final SimulatedBroker broker;

	private final Consumer<String> trace;

	private final Promises promises;

	private final InstantLedger instants;

	private final Map<TaskId, History> shards = new TreeMap<>();

	private final Map<TaskId, Integer> asked = new TreeMap<>();

	private long operatedAt = -1;

	private final Set<TaskId> contended = new LinkedHashSet<>();

	private final List<Long> crashes = new ArrayList<>();

	private long longestGap;

	private int begunAnew;

	private @Nullable BrokenPromise broken;

	OwnershipLedger(VirtualTime time, SimulatedBroker broker, Consumer<String> trace, Promises promises) {
		this.time = time;
		this.broker = broker;
		this.trace = trace;
		this.promises = promises;
		this.instants = new InstantLedger(time, broker::emptiedNanos, promises.orderly, promises.longestOverlap > 0,
				promises.unknown);
	}

	InstantLedger instants() {
		return this.instants;
	}

	/*
	 * What happens.
	 */

	Entry started(SimulatedInstance instance, Ownership ownership) {
		TaskId id = ownership.id();
		this.trace.accept(instance + " starts " + id + " token " + ownership.fencingToken() + " " + ownership.origin()
				+ " progress " + ownership.progress());
		History history = this.shards.computeIfAbsent(id, (key) -> new History());
		check(history.open.stream().noneMatch((entry) -> entry.instance == instance),
				id + " is started on " + instance + " before its former ownership there has ended");
		// where nobody remembers a token the clocks decide, which are apart
		boolean isForgotten = this.broker.emptiedNanos() >= history.tokenNanos
				&& history.highestToken - ownership.fencingToken() < CLOCKS_APART_MILLIS;
		check(ownership.fencingToken() > history.highestToken || isForgotten, id + " is started with token "
				+ ownership.fencingToken() + ", and there was " + history.highestToken + " already");
		boolean isRoundOver = this.broker.state() == SimulatedBroker.State.STABLE
				&& ownership instanceof OwnedShard shard && shard.grant().generation() == this.broker.generation();
		Entry entry = new Entry(instance, ownership, this.broker.changesInRound(),
				isRoundOver ? this.broker.members() : Map.of());
		checkRevokedForAReason(history, entry);
		checkProgress(history, entry);
		if (history.last != null && ownership.missedSince() == null && ownership.progress().isEmpty()) {
			this.begunAnew++;
		}
		checkGap(history, entry);
		history.highestToken = Math.max(history.highestToken, ownership.fencingToken());
		history.tokenNanos = this.time.now();
		history.open.add(entry);
		history.last = entry;
		history.revoked = null;
		lookForContention(id, history);
		return entry;
	}

	private void checkRevokedForAReason(History history, Entry entry) {
		Entry revoked = history.revoked;
		boolean operated = this.operatedAt >= 0 && this.time.now() - this.operatedAt < OPERATION_TAKES;
		check(operated || revoked == null || revoked.instance != entry.instance
				|| revoked.changesAtRevoke != this.broker.changesInRound(),
				entry.ownership.id() + " was revoked from " + entry.instance
						+ " and given back to it, although nothing had changed");
	}

	private void checkProgress(History history, Entry entry) {
		Entry last = history.last;
		List<Instant> progress = entry.ownership.progress();
		if (last == null) {
			check(progress.isEmpty(), entry.ownership.id() + " has progress before its first owner: " + progress);
			return;
		}
		boolean isExact = entry.ownership.origin() == Origin.HANDED_OVER;
		check(!this.promises.knowsProgress || progress.isEmpty() || progress.equals(last.progress)
				|| !isExact && (last.progress.isEmpty() || !progress.get(0).isAfter(last.progress.get(0))),
				entry.ownership.id() + " is started with progress " + progress + ", and its former owner "
						+ last.instance + " had come to " + last.progress);
		if (this.promises.orderly) {
			// if the leader leaves before the next owner has its assignment, the
			// progress goes with it, and the next owner must know that
			check(progress.equals(last.progress) || entry.ownership.origin() == Origin.FAILED_OVER, entry.ownership.id()
					+ " is started without the progress " + last.progress + " of its former owner " + last.instance);
		}
		if (!last.inOrder && this.promises.remembersOwners && progress.isEmpty()) {
			check(entry.ownership.origin() == Origin.FAILED_OVER,
					entry.ownership.id() + " is started as handed over, but its owner " + last.instance + " vanished");
		}
	}

	private void checkGap(History history, Entry entry) {
		if (history.last == null || history.ownerlessSince < 0 || !history.open.isEmpty()
				|| this.promises.longestGap == 0) {
			return;
		}
		long earlier = history.ownerlessSince - 2 * this.promises.longestGap;
		if (this.crashes.stream().filter((crash) -> crash > earlier).count() > 1) {
			return;
		}
		long gap = this.time.now() - history.ownerlessSince;
		this.longestGap = Math.max(this.longestGap, gap);
		check(gap <= this.promises.longestGap, entry.ownership.id() + " had no owner for " + gap / 1_000_000
				+ " ms, and " + this.promises.longestGap / 1_000_000 + " ms are promised");
	}

	void revoked(Entry entry) {
		TaskId id = entry.ownership.id();
		this.trace.accept(entry.instance + " is revoked " + id);
		check(!entry.isRevoked && !entry.isLost, id + " is revoked twice on " + entry.instance);
		check(entry.ownership.phase() != Phase.OWNED, id + " is revoked while its phase is OWNED");
		entry.isRevoked = true;
		entry.changesAtRevoke = this.broker.changesInRound();
		if (!entry.instance.isDraining()) {
			history(id).revoked = entry;
		}
	}

	void lost(Entry entry) {
		TaskId id = entry.ownership.id();
		this.trace.accept(entry.instance + " has lost " + id);
		check(!entry.isLost, id + " is lost twice on " + entry.instance);
		check(entry.ownership.phase() == Phase.LOST, id + " is lost while its phase is " + entry.ownership.phase());
		check(!this.promises.orderly, id + " is lost on " + entry.instance + " although nobody failed");
		entry.isLost = true;
		entry.endedAt = this.time.now();
	}

	/**
	 * Nothing of a shard runs any more on an instance. To be called before the ownership
	 * is told.
	 */
	void stopped(Entry entry, List<Instant> progress) {
		TaskId id = entry.ownership.id();
		this.trace.accept(entry.instance + " has stopped " + id + " at " + progress);
		check(entry.isRevoked || entry.isLost, id + " has stopped on " + entry.instance + " for no reason");
		entry.progress = progress;
		entry.inOrder = !entry.isLost && entry.ownership.phase() == Phase.REVOKING;
		close(entry);
	}

	/**
	 * A process has vanished with all that it ran.
	 */
	void crashed(SimulatedInstance instance) {
		this.crashes.add(this.time.now());
		this.shards.values()
			.forEach((history) -> List.copyOf(history.open)
				.stream()
				.filter((entry) -> entry.instance == instance)
				.forEach(this::close));
	}

	private void close(Entry entry) {
		History history = history(entry.ownership.id());
		history.open.remove(entry);
		if (entry.endedAt < 0) {
			entry.endedAt = this.time.now();
		}
		if (history.open.isEmpty()) {
			history.ownerlessSince = this.time.now();
		}
		lookForContention(entry.ownership.id(), history);
	}

	private void lookForContention(TaskId id, History history) {
		if (history.open.size() > 1) {
			this.contended.add(id);
		}
		else {
			this.contended.remove(id);
			history.overlapSince = -1;
		}
	}

	/*
	 * What must be so at any time.
	 */

	/**
	 * At most one instance has a valid ownership of a shard. An ownership is asked for
	 * its phase only where several are open, for asking may end it.
	 */
	void checkExclusive() {
		if (!this.contended.isEmpty()) {
			List.copyOf(this.contended).forEach(this::checkExclusive);
		}
	}

	private void checkExclusive(TaskId id) {
		History history = history(id);
		List<Entry> valid = new ArrayList<>();
		for (Entry entry : history.open) {
			if (entry.ownership.phase() != Phase.LOST) {
				valid.add(entry);
			}
		}
		if (valid.size() < 2) {
			history.overlapSince = -1;
			return;
		}
		if (history.overlapSince < 0) {
			history.overlapSince = this.time.now();
		}
		long overlap = this.time.now() - history.overlapSince;
		check(overlap <= this.promises.longestOverlap && this.promises.longestOverlap > 0,
				id + " is owned by several instances at once, for " + overlap / 1_000_000 + " ms: " + valid);
	}

	/**
	 * The open ownerships that are valid.
	 * @return the owner of each owned shard
	 */
	Map<TaskId, SimulatedInstance> owners() {
		Map<TaskId, SimulatedInstance> owners = new LinkedHashMap<>();
		this.shards.forEach((id, history) -> history.open.stream()
			.filter((entry) -> entry.ownership.phase() == Phase.OWNED)
			.forEach((entry) -> owners.put(id, entry.instance)));
		return owners;
	}

	/**
	 * How many ownerships began as if nobody had owned the shard before.
	 */
	int begunAnew() {
		return this.begunAnew;
	}

	long longestGap() {
		return this.longestGap;
	}

	private History history(TaskId id) {
		return this.shards.computeIfAbsent(id, (key) -> new History());
	}

	/**
	 * The first promise that was broken: whoever was told may have swallowed it.
	 * @return the failure, or {@code null}
	 */
	@Nullable BrokenPromise broken() {
		return this.broken;
	}

	private void check(boolean kept, String promise) {
		if (!kept) {
			BrokenPromise failure = new BrokenPromise(promise);
			if (this.broken == null) {
				this.broken = failure;
			}
			throw failure;
		}
	}

	/**
	 * An operator has asked for something: shards may move for that, and back again.
	 */
	void operated() {
		this.operatedAt = this.time.now();
	}

	/**
	 * A run of a shard has been asked for.
	 */
	void asked(TaskId id) {
		this.asked.merge(id, 1, Integer::sum);
	}

	/**
	 * A run of a shard that was asked for has been refused.
	 */
	void refused(TaskId id) {
		this.asked.merge(id, -1, Integer::sum);
	}

	/**
	 * A run of a shard that was asked for has begun.
	 */
	void ran(TaskId id) {
		check(this.asked.merge(id, -1, Integer::sum) >= 0, id + " has run more often than it was asked for");
	}

	/**
	 * What is promised under the circumstances.
	 *
	 * @param orderly whether nobody fails, so that nothing is ever lost and progress is
	 * always handed on
	 * @param knowsProgress whether no member that was cut off comes back with progress
	 * that another owner has gone beyond meanwhile
	 * @param remembersOwners whether the group always has a member that knew it before
	 * @param longestOverlap how long two instances may own one shard, in nanoseconds
	 * @param longestGap how long a shard may be without an owner, in nanoseconds, 0 for
	 * no such promise
	 * @param unknown for how long before it vanishes it may not be known what an owner
	 * has run, in nanoseconds
	 */
	record Promises(boolean orderly, boolean knowsProgress, boolean remembersOwners, long longestOverlap,
			long longestGap, long unknown) {
	}

	/**
	 * One ownership.
	 */
	static final class Entry {

		private final SimulatedInstance instance;

		private final Ownership ownership;

		/** The members of the group when it began, as far as that is sure. */
		private final Map<String, MemberMetadata> members;

		private long endedAt = -1;

		private boolean isRevoked;

		private boolean isLost;

		private boolean inOrder;

		private int changesAtRevoke;

		private List<Instant> progress = List.of();

		private Entry(SimulatedInstance instance, Ownership ownership, int changes,
				Map<String, MemberMetadata> members) {
			this.members = Map.copyOf(members);
			this.instance = instance;
			this.ownership = ownership;
			this.changesAtRevoke = changes;
		}

		Ownership ownership() {
			return this.ownership;
		}

		SimulatedInstance instance() {
			return this.instance;
		}

		boolean hasEndedInOrder() {
			return this.inOrder;
		}

		long endedAt() {
			return this.endedAt;
		}

		/**
		 * Whether an instance had told that it was done with an instant when the shard
		 * was assigned.
		 */
		boolean wasToldBy(SimulatedInstance other, long instant) {
			MemberMetadata told = this.members.get(other.membership().memberId());
			return told != null && told.releases()
				.stream()
				.anyMatch((release) -> release.id().equals(id())
						&& release.anchors().stream().anyMatch((anchor) -> anchor.toEpochMilli() >= instant));
		}

		private TaskId id() {
			return this.ownership.id();
		}

		@Override
		public String toString() {
			return this.ownership.id() + " on " + this.instance + " " + this.ownership.phase() + " token "
					+ this.ownership.fencingToken();
		}

	}

	private static final class History {

		private final List<Entry> open = new ArrayList<>();

		private long highestToken;

		private long tokenNanos;

		private long ownerlessSince = -1;

		private long overlapSince = -1;

		private @Nullable Entry last;

		private @Nullable Entry revoked;

	}

	/**
	 * A promise is broken.
	 */
	@SuppressWarnings("serial")
	static final class BrokenPromise extends AssertionError {

		BrokenPromise(String message) {
			super(message);
		}

	}

}
