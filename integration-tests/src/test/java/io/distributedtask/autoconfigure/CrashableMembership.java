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

package io.distributedtask.autoconfigure;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.distributedtask.internal.port.Callbacks;
import io.distributedtask.internal.port.GroupDescription;
import io.distributedtask.internal.port.GroupMembership;
import io.distributedtask.internal.port.Silence;
import org.jspecify.annotations.Nullable;

/**
 * A membership that can be cut off without a word to the group.
 */
final class CrashableMembership implements GroupMembership {

	private final GroupMembership delegate;

	private volatile boolean crashed;

	private boolean closed;

	CrashableMembership(GroupMembership delegate) {
		this.delegate = delegate;
	}

	void crash() {
		this.crashed = true;
		this.delegate.wakeup();
	}

	@Override
	public synchronized void poll(Duration timeout, Callbacks callbacks) {
		if (!this.crashed) {
			this.delegate.poll(timeout, callbacks);
			return;
		}
		if (!this.closed) {
			this.closed = true;
			this.delegate.close();
		}
		try {
			TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, timeout.toNanos()));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
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
	public @Nullable Silence silence() {
		return this.delegate.silence();
	}

	@Override
	public @Nullable GroupDescription describe(Duration timeout) {
		return this.crashed ? null : this.delegate.describe(timeout);
	}

	@Override
	public void close() {
		this.delegate.close();
	}

}
