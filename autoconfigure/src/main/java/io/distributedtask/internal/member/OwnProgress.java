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
 * How far this instance has come with the schedules of what it has held: told to the
 * group, so that others go on there, and remembered, so that it does not itself run again
 * what it has run. Changed under the lock of the {@link MemberLifecycle} only.
 */
final class OwnProgress {

	/** In a group with very many shards not every one that was lost can be told of. */
	private static final int MOST_TOLD = 256;

	private final Map<TaskId, Progress> releases = new TreeMap<>();

	private final Map<TaskId, List<Instant>> done = new HashMap<>();

	private final Set<TaskId> lost = ConcurrentHashMap.newKeySet();

	/**
	 * Nothing of a shard runs any more.
	 * @param holding the shard
	 * @param anchors how far its schedules have come
	 * @param started whether anything of it has run at all
	 * @param known whether its task is one that is still run here
	 */
	void stopped(OwnedShard holding, List<Instant> anchors, boolean started, boolean known) {
		TaskId id = holding.id();
		if (holding.decidedPhase() == Phase.REVOKING) {
			this.releases.put(id, new Progress(id, anchors));
		}
		else if (!anchors.isEmpty()) {
			this.releases.put(id, started ? Progress.lost(id, anchors, holding.lostIn())
					: notTakenUp(holding.grant(), new Progress(id, anchors)));
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
	 * @param held what is held now; what still stops here could not be assigned yet
	 */
	void assigned(Collection<TaskId> held) {
		this.lost.retainAll(held);
	}

	/**
	 * What was this instance's when its lease ended, and is not known to have become
	 * another's since. Any thread.
	 */
	Set<TaskId> lost() {
		return this.lost;
	}

	/**
	 * How far this instance has come with a shard.
	 * @return the anchors, empty if it has not held the shard
	 */
	List<Instant> done(TaskId id) {
		return this.done.getOrDefault(id, List.of());
	}

	/**
	 * What to tell the group.
	 */
	List<Progress> told() {
		List<Progress> told = new ArrayList<>();
		Set<Progress> groups = new HashSet<>();
		for (Progress release : this.releases.values()) {
			Progress group = Progress.lost(new TaskId(release.id().name(), 0), release.anchors(), release.generation());
			if (!release.isLost() || groups.size() < MOST_TOLD || groups.contains(group)) {
				told.add(release);
				if (release.isLost()) {
					groups.add(group);
				}
			}
		}
		return told;
	}

	/**
	 * Forget what the leader has learned of.
	 */
	void learned(List<Progress> announced) {
		announced.forEach((release) -> this.releases.remove(release.id(), release));
	}

	/**
	 * The lease has ended: others may own by now what was released, and go further.
	 * @param generation the generation of the assignment in force
	 */
	void doubt(int generation) {
		this.releases.values().removeIf((release) -> release.anchors().isEmpty());
		this.releases
			.replaceAll((id, release) -> release.isLost() ? release : Progress.lost(id, release.anchors(), generation));
	}

	/**
	 * Tasks are not run here any more: who begins with one of that name begins anew.
	 */
	void forget(Collection<String> tasks) {
		Set<String> names = Set.copyOf(tasks);
		this.done.keySet().removeIf((id) -> names.contains(id.name()));
	}

}
