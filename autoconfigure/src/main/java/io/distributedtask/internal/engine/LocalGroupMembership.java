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
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.port.Budget;
import io.distributedtask.internal.port.Callbacks;
import io.distributedtask.internal.port.GroupDescription;
import io.distributedtask.internal.port.GroupMembership;
import io.distributedtask.internal.port.Round;
import org.jspecify.annotations.Nullable;

/**
 * A group of one, without a broker: for development and tests. Its lease does not end,
 * because no other instance could own anything.
 */
public final class LocalGroupMembership implements GroupMembership {

	private static final String MEMBER_ID = "local";

	private static final long FOREVER_NANOS = Duration.ofDays(3650).toNanos();

	private static final long FOREVER_MILLIS = Duration.ofDays(3650).toMillis();

	private final String assignor;

	private boolean rejoin = true;

	private boolean woken;

	private int generation;

	private volatile @Nullable GroupDescription description;

	/**
	 * Create a new group of one.
	 * @param assignor the name of the assignor to use
	 */
	public LocalGroupMembership(String assignor) {
		this.assignor = assignor;
	}

	@Override
	public void poll(Duration timeout, Callbacks callbacks) {
		if (takeRejoin()) {
			MemberMetadata state = callbacks.memberMetadata();
			this.generation++;
			Round round = new Round(this.generation, this.assignor, MEMBER_ID, Map.of(MEMBER_ID, state), Map.of(), true,
					Budget.UNLIMITED);
			MemberAssignment assignment = callbacks.assign(round).get(MEMBER_ID);
			callbacks.contact(System.nanoTime() + FOREVER_NANOS, System.currentTimeMillis() + FOREVER_MILLIS, false);
			this.description = new GroupDescription("Stable", this.assignor,
					List.of(new GroupDescription.Member(MEMBER_ID, "", state, assignment)));
			callbacks.assigned(MEMBER_ID, this.generation, this.assignor, assignment);
			return;
		}
		await(timeout);
	}

	private synchronized boolean takeRejoin() {
		boolean wanted = this.rejoin;
		this.rejoin = false;
		return wanted;
	}

	private synchronized void await(Duration timeout) {
		try {
			if (!this.woken) {
				TimeUnit.NANOSECONDS.timedWait(this, timeout.toNanos());
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.woken = false;
	}

	@Override
	public synchronized void wakeup() {
		this.woken = true;
		notifyAll();
	}

	@Override
	public synchronized void requestRejoin(String reason) {
		this.rejoin = true;
	}

	@Override
	public synchronized void leave(String reason, Duration timeout) {
		this.rejoin = true;
	}

	@Override
	public @Nullable GroupDescription describe(Duration timeout) {
		return this.description;
	}

	@Override
	public void close() {
		// there is no connection
	}

}
