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
 * How far the clock of another instance may be ahead of the own one for its times to be
 * accepted.
 */
public final class TimeBounds {

	/** What a leader accepts from the members. */
	public static final Duration LEADER = Duration.ofHours(24);

	/**
	 * What a member accepts from the leader: more than a leader accepts from others, so
	 * that a member whose clock is slightly behind does not reject what another one
	 * accepts.
	 */
	public static final Duration MEMBER = LEADER.multipliedBy(2);

	private TimeBounds() {
	}

	/**
	 * Whether a schedule can have come that far. Progress from the far future would keep
	 * it from ever firing again; a schedule that is over never does.
	 * @param progress the progress
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
