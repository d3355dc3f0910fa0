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

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import io.distributedtask.TaskId;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import io.distributedtask.internal.port.Ownership.Phase;

/**
 * The progress of this instance in the schedules of the shards that it has held:
 * announced to the group, so that others continue there, and remembered, so that it does
 * not repeat its own runs. Changed under the lock of the {@link MemberLifecycle} only.
 */
final class OwnProgress {

	/** In a group with very many shards not every lost shard can be announced. */
	private static final int MOST_ANNOUNCED = 256;

	private final Map<TaskId, Progress> releases = new TreeMap<>();

	private final Map<TaskId, List<Instant>> done = new HashMap<>();

	private final Set<TaskId> lost = ConcurrentHashMap.newKeySet();

	/**
	 * A shard has stopped.
	 * @param shard the shard
	 * @param anchors the progress of its schedules
	 * @param started whether anything of it has run at all
	 * @param known whether its task can still run here
	 */
	void stopped(OwnedShard shard, List<Instant> anchors, boolean started, boolean known) {
		TaskId id = shard.id();
		if (shard.decidedPhase() == Phase.REVOKING) {
			this.releases.put(id, new Progress(id, anchors));
		}
		else if (!anchors.isEmpty()) {
			this.releases.put(id, started ? Progress.lost(id, anchors, shard.lostIn())
					: notTakenUp(shard.grant(), new Progress(id, anchors)));
		}
		if (started && known && !anchors.isEmpty()) {
			this.done.put(id, anchors);
		}
	}

	/**
	 * A shard was assigned that cannot be started here.
	 */
	void notStarted(Grant grant, Progress known) {
		this.releases.put(known.id(), notTakenUp(grant, known));
	}

	private static Progress notTakenUp(Grant grant, Progress known) {
		return (grant.origin() == Origin.FAILED_OVER) ? known.doubtful() : known.kept();
	}

	void started(TaskId id) {
		this.releases.remove(id);
	}

	/**
	 * The lease ends.
	 * @param held what is held under it
	 */
	void leaseEnds(Collection<TaskId> held) {
		this.lost.addAll(held);
	}

	/**
	 * An assignment has been carried out.
	 * @param held what is held now; a shard that is still stopping here could not be
	 * assigned yet
	 */
	void assigned(Collection<TaskId> held) {
		this.lost.retainAll(held);
	}

	/**
	 * What this instance held when its lease ended, and is not known to have had another
	 * owner since. Any thread.
	 */
	Set<TaskId> lost() {
		return this.lost;
	}

	/**
	 * The progress of this instance in a shard.
	 * @return the anchors, empty if it has not held the shard
	 */
	List<Instant> done(TaskId id) {
		return this.done.getOrDefault(id, List.of());
	}

	/**
	 * What to announce to the group.
	 */
	List<Progress> toAnnounce() {
		List<Progress> toAnnounce = new ArrayList<>();
		Set<Progress> groups = new HashSet<>();
		for (Progress release : this.releases.values()) {
			Progress group = Progress.lost(new TaskId(release.id().name(), 0), release.anchors(), release.generation());
			if (!release.isLost() || groups.size() < MOST_ANNOUNCED || groups.contains(group)) {
				toAnnounce.add(release);
				if (release.isLost()) {
					groups.add(group);
				}
			}
		}
		return toAnnounce;
	}

	/**
	 * Forget what the leader has received.
	 */
	void learned(List<Progress> announced) {
		announced.forEach((release) -> this.releases.remove(release.id(), release));
	}

	/**
	 * The lease has ended: others may by now own what was released, and have made
	 * progress.
	 * @param generation the generation of the assignment in force
	 */
	void doubt(int generation) {
		this.releases.values().removeIf((release) -> release.anchors().isEmpty());
		this.releases
			.replaceAll((id, release) -> release.isLost() ? release : Progress.lost(id, release.anchors(), generation));
	}

	/**
	 * Tasks no longer run here: a later task of the same name starts without progress.
	 */
	void forget(Collection<String> tasks) {
		Set<String> names = Set.copyOf(tasks);
		this.done.keySet().removeIf((id) -> names.contains(id.name()));
	}

}
