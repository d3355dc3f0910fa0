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

package io.distributedtask.internal.message;

import java.time.Duration;
import java.time.Instant;

import io.distributedtask.internal.message.MemberMetadata.Progress;

/**
 * How far the clock of another instance may be ahead of the own one, for what it says to
 * be believed.
 */
public final class TimeBounds {

	/** What a leader believes of the members. */
	public static final Duration LEADER = Duration.ofHours(24);

	/**
	 * What a member believes of the leader: more than a leader believes of others, so
	 * that what one member believes no other refuses whose clock is a little behind.
	 */
	public static final Duration MEMBER = LEADER.multipliedBy(2);

	private TimeBounds() {
	}

	/**
	 * Whether a schedule can be done until then. Progress from the far future would keep
	 * it from ever firing again; one that is over for good never does.
	 * @param progress what is said
	 * @param now the wall clock in milliseconds
	 * @return whether no instant of it is too far ahead
	 */
	public static boolean isBelievable(Progress progress, long now) {
		Instant latest = Instant.ofEpochMilli(now).plus(MEMBER);
		return progress.anchors()
			.stream()
			.noneMatch((anchor) -> anchor.isAfter(latest) && !anchor.equals(Progress.FOR_GOOD));
	}

}
