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

package io.distributedtask.internal.member;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.event.TaskAssignedEvent;
import io.distributedtask.event.TaskLostEvent;
import io.distributedtask.event.TaskRevokedEvent;
import io.distributedtask.internal.member.OwnedShard.Beginning;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import io.distributedtask.internal.message.ShardGroups;
import io.distributedtask.internal.message.ShardSet;
import io.distributedtask.internal.message.Success;
import io.distributedtask.internal.message.TimeBounds;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.MembershipListener;
import io.distributedtask.internal.port.Ownership.Phase;
import io.distributedtask.internal.port.TaskRunner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shards that this instance holds, and what it has released. Changed under the lock
 * of the {@link MemberLifecycle} only; may be read by any thread.
 */
public final class OwnedShards {

	private static final Logger logger = LoggerFactory.getLogger(OwnedShards.class);

	private final Map<TaskId, OwnedShard> held = new ConcurrentHashMap<>();

	private final OwnProgress progress = new OwnProgress();

	private final ConcurrentLinkedQueue<Stopped> stopped = new ConcurrentLinkedQueue<>();

	private final FailedStarts failedStarts;

	private final OwnSuccesses successes = new OwnSuccesses();

	private final TaskRunner runner;

	private final MembershipListener listener;

	private final Clocks clocks;

	private final ShardReport report;

	/**
	 * Of all shards together: a leader grants higher tokens than any that was announced
	 * to it.
	 */
	private long highestToken = -1;

	public OwnedShards(TaskRunner runner, MembershipListener listener, Clocks clocks) {
		this.runner = runner;
		this.listener = listener;
		this.clocks = clocks;
		this.failedStarts = new FailedStarts(clocks);
		this.report = new ShardReport(clocks);
	}

	ShardReport report() {
		return this.report;
	}

	public @Nullable OwnedShard get(TaskId id) {
		return this.held.get(id);
	}

	public Collection<OwnedShard> all() {
		return this.held.values();
	}

	public boolean isEmpty() {
		return this.held.isEmpty();
	}

	boolean isStopping() {
		return this.held.values().stream().anyMatch((shard) -> shard.decidedPhase() != Phase.OWNED);
	}

	public int owned() {
		return (int) this.held.values().stream().filter((shard) -> shard.phase() == Phase.OWNED).count();
	}

	public List<TaskId> stuck(Duration revokeTimeout) {
		long now = this.clocks.nanos();
		return this.held.values()
			.stream()
			.filter((shard) -> shard.isStuck(now, revokeTimeout))
			.map(OwnedShard::id)
			.sorted()
			.toList();
	}

	/**
	 * Hold what the leader has assigned, and nothing else: keep, give back, lose, start.
	 * @param assignment the assignment
	 * @param lease the lease under which new shards are held
	 * @param session whose lease that is
	 * @param mayStart whether this instance takes new shards
	 * @param wakeup called when a shard has stopped
	 * @return whether everything that is granted is held now
	 */
	boolean apply(MemberAssignment assignment, Lease lease, Session session, boolean mayStart, Runnable wakeup) {
		Map<TaskId, Grant> grants = new HashMap<>();
		for (Grant grant : assignment.grants()) {
			grant.ids().forEach((id) -> grants.put(id, grant));
		}
		endOthers(assignment, grants);
		Map<TaskId, Progress> knownProgress = new HashMap<>();
		assignment.progress()
			.stream()
			.filter((known) -> TimeBounds.isBelievable(known, this.clocks.millis()))
			.forEach((known) -> knownProgress.put(known.id(), known));
		Map<String, Integer> runnable = new HashMap<>();
		this.runner.tasks().forEach((task) -> runnable.put(task.name(), task.shards()));
		boolean complete = true;
		long formerToken = this.highestToken;
		List<TaskId> started = new ArrayList<>();
		for (Map.Entry<TaskId, Grant> entry : grants.entrySet()) {
			TaskId id = entry.getKey();
			Progress known = knownProgress.get(id);
			boolean isKnown = Objects.equals(runnable.get(id.name()), entry.getValue().shardCount());
			if (mayStart && isKnown && canStart(entry.getValue(), assignment, formerToken)) {
				Success success = assignment.successes().get(id.name());
				Beginning beginning = Beginning.of(entry.getValue(), (known != null) ? known.anchors() : List.of(),
						this.progress.done(id), anchors(id, success), session);
				start(new OwnedShard(id, entry.getValue(), beginning, success, lease, (stopped, anchors) -> {
					this.stopped.add(new Stopped(stopped, anchors, true));
					wakeup.run();
				}), started);
			}
			else {
				complete = false;
				if (known != null) {
					this.progress.notStarted(entry.getValue(), known);
				}
			}
		}
		this.report.assigned(started);
		this.progress.assigned(this.held.keySet());
		return complete;
	}

	private List<Instant> anchors(TaskId id, @Nullable Success success) {
		boolean isBelievable = success != null
				&& TimeBounds.isBelievable(new Progress(id, success.anchors()), this.clocks.millis());
		return (success != null && isBelievable) ? success.anchors() : List.of();
	}

	/**
	 * End what is not granted, and remove from the grants what is already held.
	 */
	private void endOthers(MemberAssignment assignment, Map<TaskId, Grant> grants) {
		Set<TaskId> revoked = new HashSet<>();
		assignment.revoked().forEach((shards) -> shards.ids().forEach(revoked::add));
		List<TaskId> revokedNow = new ArrayList<>();
		List<TaskId> lost = new ArrayList<>();
		for (OwnedShard shard : List.copyOf(this.held.values())) {
			TaskId id = shard.id();
			Grant grant = grants.remove(id);
			if (grant == null || grant.token() != shard.fencingToken()) {
				if (revoked.contains(id)) {
					revoke(shard, revokedNow);
				}
				else {
					lose(shard, TaskLostEvent.Cause.TAKEN_AWAY, lost);
				}
			}
		}
		this.report.revoked(revokedNow);
		this.report.lost(lost, "the group no longer has this instance as the owner");
	}

	/**
	 * A shard that the leader expected to be kept, but that this instance has lost
	 * meanwhile, is not started again under its old token; nor is it when the coordinator
	 * sends the same assignment again, as it does when a static member rejoins (KIP-345).
	 */
	private static boolean canStart(Grant grant, MemberAssignment assignment, long formerToken) {
		return grant.generation() == assignment.generation() && grant.token() > formerToken;
	}

	private void start(OwnedShard shard, List<TaskId> started) {
		TaskId id = shard.id();
		Grant grant = shard.grant();
		this.held.put(id, shard);
		this.highestToken = Math.max(this.highestToken, grant.token());
		this.progress.started(id);
		try {
			this.runner.start(shard);
		}
		catch (RuntimeException | Error ex) {
			logger.error("Could not start {}; it is given back in {} s", id, FailedStarts.RETRY.toSeconds(), ex);
			this.failedStarts.add(shard);
			lose(shard, TaskLostEvent.Cause.NOT_STARTED, new ArrayList<>());
			return;
		}
		Instant missedSince = shard.missedSince();
		if (missedSince != null && !this.progress.lost().contains(id)) {
			this.report.failedOver(id, missedSince);
		}
		started.add(id);
		publish(new TaskAssignedEvent(id, grant.token()));
	}

	/**
	 * A failure of one shard does not keep others from being stopped.
	 */
	private static void guarded(OwnedShard shard, Runnable call) {
		try {
			call.run();
		}
		catch (RuntimeException | Error ex) {
			logger.error("Could not stop {}; it is assigned to no other instance while it may run", shard, ex);
		}
	}

	void publish(Record event) {
		try {
			this.listener.on(event);
		}
		catch (RuntimeException | Error ex) {
			logger.error("A listener failed with {}", event, ex);
		}
	}

	private void revoke(OwnedShard shard, List<TaskId> revoked) {
		if (shard.decidedPhase() == Phase.OWNED) {
			shard.enter(Phase.REVOKING, this.clocks);
			revoked.add(shard.id());
			guarded(shard, () -> this.runner.revoke(shard));
		}
	}

	/**
	 * Give back the shards of tasks that no longer run here.
	 */
	void revokeAll(Collection<String> tasks) {
		Set<String> names = Set.copyOf(tasks);
		revokeAll((shard) -> names.contains(shard.id().name()));
	}

	void revokeAll() {
		revokeAll((shard) -> true);
	}

	private void revokeAll(Predicate<OwnedShard> which) {
		List<TaskId> revoked = new ArrayList<>();
		List.copyOf(this.held.values()).stream().filter(which).forEach((shard) -> revoke(shard, revoked));
		this.report.revoked(revoked);
	}

	/**
	 * Interrupt what was told to stop and has not stopped.
	 */
	public void hurryAll() {
		List.copyOf(this.held.values())
			.stream()
			.filter((shard) -> shard.decidedPhase() != Phase.OWNED && !shard.hasStopped())
			.forEach((shard) -> guarded(shard, () -> this.runner.hurry(shard)));
	}

	private void lose(OwnedShard shard, TaskLostEvent.Cause cause, List<TaskId> lost) {
		if (shard.decidedPhase() != Phase.LOST && !shard.hasStopped()) {
			shard.enter(Phase.LOST, this.clocks);
			lost.add(shard.id());
			guarded(shard, () -> this.runner.lost(shard));
			publish(new TaskLostEvent(shard.id(), shard.fencingToken(), cause));
		}
	}

	/**
	 * Lose everything, because the lease of a generation has ended.
	 */
	void leaseEnds(int generation, TaskLostEvent.Cause cause, String reason) {
		this.held.values().forEach((shard) -> shard.leaseEnds(generation));
		this.progress.leaseEnds(this.held.keySet());
		try {
			loseAll(cause, reason);
		}
		finally {
			takeStopped();
			this.progress.doubt(generation);
			this.report.forgetReleases();
		}
	}

	/**
	 * Lose everything.
	 * @param cause the cause, for metrics
	 * @param reason the reason, for people
	 */
	void loseAll(TaskLostEvent.Cause cause, String reason) {
		List<TaskId> lost = new ArrayList<>();
		List.copyOf(this.held.values()).forEach((shard) -> lose(shard, cause, lost));
		this.report.lost(lost, reason);
	}

	/**
	 * Note what has stopped since the last call.
	 * @return whether anything has
	 */
	boolean takeStopped() {
		boolean any = false;
		this.failedStarts.takeDue()
			.forEach((failed) -> this.stopped.add(new Stopped(failed, failed.progress(), false)));
		Set<String> known = this.stopped.isEmpty() ? Set.of()
				: this.runner.tasks().stream().map(TaskDefinition::name).collect(Collectors.toSet());
		for (Stopped next = this.stopped.poll(); next != null; next = this.stopped.poll()) {
			OwnedShard shard = next.shard();
			if (!this.failedStarts.contains(shard) && this.held.remove(shard.id(), shard)) {
				any = true;
				this.successes.stopped(shard);
				this.progress.stopped(shard, next.progress(), next.started(), known.contains(shard.id().name()));
				if (shard.decidedPhase() == Phase.REVOKING) {
					this.report.released(shard);
					publish(new TaskRevokedEvent(shard.id(), shard.fencingToken()));
				}
			}
		}
		return any;
	}

	/**
	 * The known successes of scheduled tasks, to be announced.
	 * @param received what the leader has sent
	 */
	Map<String, Success> successes(Map<String, Success> received) {
		return this.successes.announce(this.held.values(), received);
	}

	OwnProgress progress() {
		return this.progress;
	}

	/**
	 * Forget releases that the leader has received.
	 * @param announced the releases
	 * @return what is handed over by that, and the time since it was revoked
	 */
	Map<TaskId, Duration> forget(List<Progress> announced) {
		this.successes.areKnown();
		this.progress.learned(announced);
		return this.report.handedOver(announced.stream().map(Progress::id).toList());
	}

	/**
	 * How many shards are owned, by task.
	 */
	public Map<String, Integer> ownedByTask() {
		Map<String, Integer> owned = new HashMap<>();
		this.held.values()
			.stream()
			.filter((shard) -> shard.phase() == Phase.OWNED)
			.forEach((shard) -> owned.merge(shard.id().name(), 1, Integer::sum));
		return owned;
	}

	/**
	 * The claims for the metadata.
	 */
	List<Claim> claims() {
		ShardGroups<Claim> claims = new ShardGroups<>();
		new TreeMap<>(this.held).forEach((id, shard) -> {
			Grant grant = shard.grant();
			claims.add(new Claim(grant.task(), grant.shardCount(), grant.token(), grant.since(), grant.generation(),
					shard.hold(), ShardSet.EMPTY), id.shard());
		});
		return claims.toList((terms, shards) -> new Claim(terms.task(), terms.shardCount(), terms.token(),
				terms.since(), terms.generation(), terms.hold(), shards));
	}

	private record Stopped(OwnedShard shard, List<Instant> progress, boolean started) {
	}

}
