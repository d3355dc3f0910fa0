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

package io.distributedtask.benchmarks.group;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.port.Callbacks;
import io.distributedtask.internal.port.GroupDescription;
import io.distributedtask.internal.port.GroupMembership;
import io.distributedtask.internal.port.Round;
import io.distributedtask.internal.port.Silence;
import org.jspecify.annotations.Nullable;

/**
 * A membership whose leader is timed, and which can end without a word to the group.
 */
final class ObservedMembership implements GroupMembership {

	private final GroupMembership delegate;

	private final Pauses pauses;

	private volatile boolean crashed;

	ObservedMembership(GroupMembership delegate, Pauses pauses) {
		this.delegate = delegate;
		this.pauses = pauses;
	}

	void crash() {
		this.crashed = true;
		this.delegate.wakeup();
	}

	@Override
	public void poll(Duration timeout, Callbacks callbacks) {
		if (this.crashed) {
			this.delegate.close();
			LockSupport.parkNanos(Math.max(1, timeout.toNanos()));
		}
		else {
			this.delegate.poll(timeout, new TimedCallbacks(callbacks, this.pauses));
		}
	}

	@Override
	public void keepAlive() {
		this.delegate.keepAlive();
	}

	@Override
	public void wakeup() {
		this.delegate.wakeup();
	}

	@Override
	public void requestRejoin(String reason) {
		this.delegate.requestRejoin(reason);
	}

	@Override
	public void leave(String reason, Duration timeout) {
		if (!this.crashed) {
			this.delegate.leave(reason, timeout);
		}
	}

	@Override
	public @Nullable GroupDescription describe(Duration timeout) {
		return this.delegate.describe(timeout);
	}

	@Override
	public @Nullable Silence silence() {
		return this.delegate.silence();
	}

	@Override
	public void close() {
		this.delegate.close();
	}

	private record TimedCallbacks(Callbacks delegate, Pauses pauses) implements Callbacks {

		@Override
		public void replaces(@Nullable MemberAssignment assignment) {
			this.delegate.replaces(assignment);
		}

		@Override
		public MemberMetadata memberMetadata() {
			return this.delegate.memberMetadata();
		}

		@Override
		public Map<String, MemberAssignment> assign(Round round) {
			long begin = System.nanoTime();
			try {
				return this.delegate.assign(round);
			}
			finally {
				this.pauses.add(System.nanoTime() - begin);
			}
		}

		@Override
		public void assigned(String memberId, int generation, String assignor, @Nullable MemberAssignment assignment) {
			this.delegate.assigned(memberId, generation, assignor, assignment);
		}

		@Override
		public void contact(long sentNanos, long sentMillis, boolean rebalancing) {
			this.delegate.contact(sentNanos, sentMillis, rebalancing);
		}

		@Override
		public void waitsAnew(long sentNanos, long sentMillis) {
			this.delegate.waitsAnew(sentNanos, sentMillis);
		}

		@Override
		public void membershipLost(String reason) {
			this.delegate.membershipLost(reason);
		}

	}

}
