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
import java.util.HashMap;
import java.util.Map;

import io.distributedtask.TaskId;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.port.Round;
import org.jspecify.annotations.Nullable;

/**
 * What processes may still run whose place as a static member another process has taken.
 * The coordinator lets a process with the same static member id take over at once
 * (KIP-345), while the former one may be alive, cut off, and act under its lease. A new
 * process that gets the assignment of the former one sees to that itself; one that comes
 * in the midst of a rebalance gets to see none.
 *
 * @param shards the shards that former processes may run
 * @param isBlind whether there may be others, of which nothing is known
 */
record FormerProcesses(Map<TaskId, FormerProcess> shards, boolean isBlind) {

	static final FormerProcesses NONE = new FormerProcesses(Map.of(), false);

	/**
	 * The same with the members that have been replaced since the last round. A leader
	 * that does not know what the last one did cannot know either what a former process
	 * runs whose successor does not.
	 */
	FormerProcesses learn(RoundFacts facts) {
		Map<TaskId, FormerProcess> shards = new HashMap<>(this.shards);
		shards.values().removeIf((process) -> facts.nanos() - process.untilNanos() >= 0);
		if (facts.remembers()) {
			LastRound last = facts.last();
			Map<String, String> holders = holders(facts.round());
			last.staticIds().forEach((memberId, staticId) -> {
				MemberMetadata member = last.members().get(memberId);
				MemberAssignment assignment = last.plan().get(memberId);
				String instance = (member != null)
						? successor(facts.round(), memberId, member, staticId, holders.get(staticId)) : null;
				if (instance != null && member != null && assignment != null) {
					FormerProcess process = new FormerProcess(staticId, instance,
							facts.nanos() + member.session().toNanos());
					assignment.grants()
						.forEach((grant) -> grant.ids()
							.forEach((id) -> shards.merge(id, process, FormerProcess::later)));
					assignment.revoked()
						.forEach((revoked) -> revoked.ids()
							.forEach((id) -> shards.merge(id, process, FormerProcess::later)));
				}
			});
		}
		return new FormerProcesses(shards, replacing(facts.round()) != null && (this.isBlind || !facts.remembers()));
	}

	/**
	 * The instance that has taken the place of a member without knowing what that ran.
	 * @return its name, or {@code null} if there is none
	 */
	private static @Nullable String successor(Round round, String memberId, MemberMetadata member, String staticId,
			@Nullable String successorId) {
		if (successorId == null || successorId.equals(memberId)) {
			return null;
		}
		MemberMetadata successor = round.members().get(successorId);
		if (successor == null) {
			return staticId;
		}
		boolean isUninformed = successor.generation() < 0 || successor.replacing();
		return (isUninformed && !successor.incarnation().equals(member.incarnation())) ? successor.instance() : null;
	}

	/**
	 * The member ids by static member id.
	 */
	private static Map<String, String> holders(Round round) {
		Map<String, String> holders = new HashMap<>();
		round.staticIds().forEach((memberId, staticId) -> holders.put(staticId, memberId));
		return holders;
	}

	private static @Nullable MemberMetadata replacing(Round round) {
		return round.staticIds()
			.keySet()
			.stream()
			.map(round.members()::get)
			.filter((member) -> member != null && member.replacing())
			.findFirst()
			.orElse(null);
	}

	/**
	 * Nothing is given away that may be running; if it is not known what may, nothing at
	 * all, for as long as the successor reports that.
	 */
	void constrain(RoundFacts facts, Constraint.Builder constraint) {
		MemberMetadata replacing = replacing(facts.round());
		if (this.shards.isEmpty() && (replacing == null || !this.isBlind)) {
			return;
		}
		Map<String, String> holders = holders(facts.round());
		facts.unclaimed().forEach((id) -> {
			FormerProcess process = this.shards.get(id);
			if (process != null) {
				constraint.withhold(id, mayStillRun(process.instance()));
				constraint.mayStillRunAt(id, holders.get(process.staticId()));
				constraint.lookAgainAfter(Duration.ofNanos(Math.max(0, process.untilNanos() - facts.nanos())));
			}
			else if (replacing != null && this.isBlind) {
				constraint.withhold(id, mayStillRun(replacing.instance()));
			}
		});
	}

	private static String mayStillRun(String instance) {
		return "an earlier process of %s may still run it".formatted(instance);
	}

	/**
	 * A process in whose place another one is.
	 *
	 * @param staticId the static member id of both
	 * @param instance the name of the instance that has taken its place
	 * @param untilNanos until when it may act under its lease, by the monotonic clock
	 */
	record FormerProcess(String staticId, String instance, long untilNanos) {

		static FormerProcess later(FormerProcess one, FormerProcess other) {
			return (other.untilNanos - one.untilNanos > 0) ? other : one;
		}

	}

}
