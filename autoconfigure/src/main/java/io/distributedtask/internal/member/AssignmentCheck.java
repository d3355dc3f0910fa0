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

import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.TimeBounds;
import org.jspecify.annotations.Nullable;

/**
 * Whether a member can use the assignment that it got from the leader.
 */
public final class AssignmentCheck {

	private AssignmentCheck() {
	}

	/**
	 * Find what is wrong with an assignment.
	 * @param assignment the assignment, {@code null} if it cannot be decoded
	 * @param now the wall clock in milliseconds
	 * @param highestToken the highest token that this instance has seen before
	 * @return what is wrong, or {@code null}
	 */
	public static @Nullable String problem(@Nullable MemberAssignment assignment, long now, long highestToken) {
		if (assignment == null) {
			return "The assignment of this instance cannot be decoded";
		}
		if (assignment.isNothing()) {
			String problem = assignment.problem();
			return (problem != null) ? problem : "The leader cannot use the metadata of this instance";
		}
		long token = assignment.grants().stream().mapToLong(Grant::token).reduce(assignment.highestToken(), Math::max);
		if (token > Math.max(now + TimeBounds.MEMBER.toMillis(), highestToken)) {
			return ("The leader '%s' gives the fencing token %d, more than %d hours ahead of this instance's clock: "
					+ "set the clocks of both machines")
				.formatted(assignment.leader(), token, TimeBounds.MEMBER.toHours());
		}
		return null;
	}

}
