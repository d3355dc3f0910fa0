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

package io.distributedtask.internal.coordination;

import io.distributedtask.internal.coordination.MemberAssignment.Unassigned;

/**
 * Counts what this instance knows.
 */
final class FiguresView {

	private final InstanceLife life;

	private final RecordFullness fullness;

	FiguresView(InstanceLife life, RecordFullness fullness) {
		this.life = life;
		this.fullness = fullness;
	}

	CoordinationFigures now() {
		Standing standing = this.life.standing();
		MemberAssignment assignment = standing.assignment();
		InstanceState state = this.life.state();
		if (state == InstanceState.DISCONNECTED || state == InstanceState.STOPPED) {
			// what was true of the group when it was last heard of is somebody else's now
			return new CoordinationFigures(-1, 0, false, this.life.holdings().ownedByTask(), 0,
					this.life.leaseRemaining(), 0, 0);
		}
		boolean leader = standing.isLeader();
		int unassigned = leader ? standing.unassigned().stream().map(Unassigned::shards).mapToInt(ShardSet::size).sum()
				: 0;
		return new CoordinationFigures(standing.generation(), (assignment != null) ? assignment.instances() : 0, leader,
				this.life.holdings().ownedByTask(), unassigned, this.life.leaseRemaining(),
				leader ? this.fullness.size() : 0, leader ? this.fullness.limit() : 0);
	}

}
