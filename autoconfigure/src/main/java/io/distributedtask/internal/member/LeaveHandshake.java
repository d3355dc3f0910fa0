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

import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.MemberSettings;

/**
 * How an instance leaves the group gracefully. One that leaves reports each shard that
 * has stopped, because others start it at once. A static member will come back to its
 * shards: it reports only at the end, when nothing runs, that it is away, and remains a
 * member. Changed under the lock of the {@link MemberLifecycle} only.
 */
final class LeaveHandshake {

	private final boolean staysMember;

	private final Duration timeout;

	private final Clocks clocks;

	private long quietSinceNanos;

	private boolean announced;

	private boolean acknowledged;

	LeaveHandshake(MemberSettings settings, Clocks clocks) {
		this.staysMember = settings.staticMember();
		this.timeout = timeout(settings);
		this.clocks = clocks;
	}

	/**
	 * What others do not receive, they detect after a session timeout. The next process
	 * of a static member would have to wait for that long.
	 */
	private static Duration timeout(MemberSettings settings) {
		Duration timeout = settings.heartbeatInterval().multipliedBy(4).plus(Duration.ofSeconds(1));
		Duration half = settings.sessionTimeout().dividedBy(2);
		return (settings.staticMember() && half.compareTo(timeout) > 0) ? half : timeout;
	}

	/**
	 * Something has stopped: the others may need more time to receive that.
	 */
	void delay() {
		this.quietSinceNanos = this.clocks.nanos();
	}

	/**
	 * Whether there is something to report.
	 */
	boolean isDue(OwnedShards shards) {
		return !this.staysMember || shards.isEmpty();
	}

	/**
	 * The instance joins.
	 * @param done whether its metadata contains that everything has stopped, because it
	 * leaves
	 */
	void joining(boolean done) {
		this.announced = done;
	}

	/**
	 * The leader has received the metadata with which the instance joined.
	 */
	void assigned() {
		this.acknowledged = this.acknowledged || this.announced;
	}

	/**
	 * Whether everything is reported, or waiting longer is of no use.
	 */
	boolean isOver(OwnedShards shards) {
		return (this.staysMember ? this.acknowledged : shards.progress().toAnnounce().isEmpty())
				|| this.clocks.nanos() - this.quietSinceNanos > this.timeout.toNanos();
	}

}
