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

package io.distributedtask.faults.mutation;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import io.distributedtask.faults.rules.Violation.Promise;
import io.distributedtask.internal.leader.EarlyGrants;
import net.bytebuddy.matcher.ElementMatchers;

/**
 * A mistake that can be made in the code under test, to show that the laboratory would
 * find it. The code itself is untouched: classes are changed while they are loaded.
 */
public enum Mutation {

	/** The lease counts from the answer to a heartbeat, not from its sending. */
	LEASE_FROM_RESPONSE(EnumSet.of(Promise.ONE_OWNER, Promise.NO_WORK_AFTER_LEASE),
			new Patch("io.distributedtask.internal.member.MemberLifecycle",
					ElementMatchers.named("contact")
						.and(ElementMatchers.takesArguments(long.class, long.class, boolean.class)),
					Advices.TimesOfTheAnswer.class)),

	/** No heartbeats over the second connection while a JoinGroup or SyncGroup waits. */
	NO_SECOND_CONNECTION(EnumSet.of(Promise.LEASE_OF_ITS_OWN), new Patch("io.distributedtask.internal.group.Heartbeats",
			ElementMatchers.named("whileWaiting").and(ElementMatchers.takesNoArguments()), Advices.DoNothing.class)),

	/** A shard is given to its next owner in the round in which it is revoked. */
	GIVE_AWAY_EARLY(EnumSet.of(Promise.ONE_OWNER, Promise.NO_WORK_AFTER_LEASE, Promise.FIRES_ONCE),
			new Patch("io.distributedtask.internal.leader.HandOverPlanner",
					ElementMatchers.named("plan").and(ElementMatchers.takesArguments(1)), EarlyGrants.Plan.class),
			new Patch("io.distributedtask.internal.leader.HandOverPlanner",
					ElementMatchers.named("keepOrRevoke").and(ElementMatchers.takesArguments(3)),
					EarlyGrants.Revocation.class)),

	/** Every owner has the same token. */
	TOKEN_NOT_RAISED(EnumSet.of(Promise.TOKENS_GROW, Promise.FENCED_STORE),
			new Patch("io.distributedtask.internal.leader.HandOverPlanner", ElementMatchers.isConstructor(),
					Advices.SameToken.class)),

	/** What has run is forgotten, and looked for since long ago. */
	RUNS_AGAIN(EnumSet.of(Promise.NEVER_AGAIN),
			new Patch("io.distributedtask.internal.member.Session",
					ElementMatchers.named("ownedUntil").and(ElementMatchers.takesNoArguments()), Advices.LongAgo.class),
			new Patch("io.distributedtask.internal.member.OwnProgress",
					ElementMatchers.named("toAnnounce").and(ElementMatchers.takesNoArguments()),
					Advices.NothingKnown.class),
			new Patch("io.distributedtask.internal.member.OwnProgress",
					ElementMatchers.named("done").and(ElementMatchers.takesArguments(1)), Advices.NothingKnown.class)),

	/** A process that does not answer any more is taken for ended. */
	EVICT_ON_TIMEOUT(EnumSet.of(Promise.NOBODY_REMOVED_ALIVE), new Patch("io.distributedtask.internal.watch.Evidence",
			ElementMatchers.named("isProof").and(ElementMatchers.takesArguments(2)), Advices.NoAnswerIsProof.class)),

	/** A process whose connections are reset and refused is taken for ended. */
	EVICT_ON_RESET(EnumSet.of(Promise.NOBODY_REMOVED_ALIVE), new Patch("io.distributedtask.internal.watch.Evidence",
			ElementMatchers.named("isProof").and(ElementMatchers.takesArguments(2)), Advices.ResetIsProof.class));

	private final Set<Promise> breaks;

	private final List<Patch> patches;

	Mutation(Set<Promise> breaks, Patch... patches) {
		this.breaks = breaks;
		this.patches = List.of(patches);
	}

	/**
	 * The promises of which at least one is broken then: that is what has to be found.
	 * @return the promises
	 */
	public Set<Promise> breaks() {
		return this.breaks;
	}

	/**
	 * Whether it is one of the crash watch, so that nothing shows it where that is off.
	 */
	public boolean isOfTheWatch() {
		return this == EVICT_ON_TIMEOUT || this == EVICT_ON_RESET;
	}

	List<Patch> patches() {
		return this.patches;
	}

}
