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

package io.distributedtask.internal.engine;

import java.time.Duration;
import java.util.List;

import io.distributedtask.TaskId;
import io.distributedtask.internal.member.Contact;
import io.distributedtask.internal.member.MemberLifecycle;
import io.distributedtask.internal.member.MemberPhase;
import io.distributedtask.internal.member.MembershipSnapshot;
import io.distributedtask.internal.message.ShardNames;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.GroupMembership;
import io.distributedtask.internal.port.MemberSettings;
import io.distributedtask.internal.port.Silence;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports what keeps an instance or its group from working. If a group does not respond,
 * one line is logged when that is noticed, and one when it is over.
 */
final class ProblemReport {

	private static final Logger logger = LoggerFactory.getLogger(ProblemReport.class);

	private final MemberSettings settings;

	private final GroupMembership membership;

	private final MemberLifecycle life;

	private final Clocks clocks;

	private @Nullable Silence reported;

	ProblemReport(MemberSettings settings, GroupMembership membership, MemberLifecycle life, Clocks clocks) {
		this.settings = settings;
		this.membership = membership;
		this.life = life;
		this.clocks = clocks;
	}

	/**
	 * Check whether the group responds. Group's thread.
	 */
	void look() {
		Silence silence = this.membership.silence();
		Silence former = this.reported;
		if (silence != null && former == null && !hasReason()) {
			this.reported = silence;
			logger.warn("Group '{}' does not answer: {}", this.settings.groupId(), describe(silence));
		}
		else if (silence == null && former != null && hasAnsweredSince(former)) {
			this.reported = null;
			logger.info("Group '{}' answers again, after {}", this.settings.groupId(),
					Silence.length(Duration.ofNanos(this.clocks.nanos() - former.sinceNanos())));
		}
	}

	/**
	 * If no response is awaited, as when a lease has ended, that does not count as a
	 * response.
	 */
	private boolean hasAnsweredSince(Silence former) {
		Contact contact = this.life.lastContact();
		return contact != null && contact.nanos() - former.sinceNanos() > 0;
	}

	/**
	 * Somebody has to change something before there can be a response, and that has been
	 * reported.
	 */
	private boolean hasReason() {
		MembershipSnapshot snapshot = this.life.snapshot();
		return snapshot.ownProblem() != null && snapshot.ownNeedsRemedy();
	}

	/**
	 * What keeps the instance or the group from working. Any thread.
	 * @return the problem, {@code null} if there is none
	 */
	@Nullable String problem() {
		String problem = problemOfTheGroup();
		String stuck = stuck();
		return (problem != null && stuck != null) ? problem + ". " + stuck : (problem != null) ? problem : stuck;
	}

	private @Nullable String problemOfTheGroup() {
		Silence silence = (hasReason() || this.life.phase() == MemberPhase.STOPPED) ? null : this.membership.silence();
		if (silence != null) {
			return describe(silence);
		}
		String problem = this.life.snapshot().problem();
		return (problem == null && this.life.phase() == MemberPhase.DISCONNECTED)
				? "The lease has expired, and there is no new assignment yet; " + consequence() : problem;
	}

	private @Nullable String stuck() {
		Duration timeout = this.settings.revokeTimeout();
		List<TaskId> stuck = this.life.shards().stuck(timeout);
		return stuck.isEmpty() ? null
				: "Not stopped within revoke-timeout (%d ms), and assigned to no other instance until stopped: %s"
					.formatted(timeout.toMillis(), ShardNames.of(stuck));
	}

	private String describe(Silence silence) {
		return "%s; %s".formatted(silence.describe(this.clocks.nanos()), consequence());
	}

	private String consequence() {
		if (this.life.shards().isEmpty()) {
			return "nothing runs here";
		}
		Duration remaining = this.life.leaseRemaining();
		return remaining.isZero() ? "tasks that still run here have been told to stop"
				: "tasks that run here continue for %s at most".formatted(Silence.length(remaining));
	}

}
