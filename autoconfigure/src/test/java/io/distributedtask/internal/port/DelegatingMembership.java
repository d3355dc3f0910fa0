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

package io.distributedtask.internal.port;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Another membership, to be changed in one place by a subclass. Has a lease that ends,
 * also where the other one is local.
 */
public class DelegatingMembership implements GroupMembership {

	private final GroupMembership delegate;

	/**
	 * Create a new membership.
	 * @param delegate the other one
	 */
	protected DelegatingMembership(GroupMembership delegate) {
		this.delegate = delegate;
	}

	@Override
	public void poll(Duration timeout, Callbacks callbacks) {
		this.delegate.poll(timeout, callbacks);
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
		this.delegate.leave(reason, timeout);
	}

	@Override
	public @Nullable GroupDescription describe(Duration timeout) {
		return this.delegate.describe(timeout);
	}

	@Override
	public void close() {
		this.delegate.close();
	}

}
