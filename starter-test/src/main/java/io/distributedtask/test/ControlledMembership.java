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

package io.distributedtask.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.port.Callbacks;
import io.distributedtask.internal.port.GroupDescription;
import io.distributedtask.internal.port.GroupMembership;
import org.jspecify.annotations.Nullable;

/**
 * A membership of a group whose leader is the test: the instance joins, and gets what the
 * test has decided. Each decision is a rebalance.
 */
final class ControlledMembership implements GroupMembership {

	private static final String MEMBER_ID = "under-test";

	private static final String ASSIGNOR = "test";

	/** Longer than anybody looks at a breakpoint. */
	private static final Duration LEASE = Duration.ofDays(365);

	private final ControlledAssignments assignments;

	private final List<OwnershipChange> requested = new ArrayList<>();

	/** Changes that the instance has been told of. */
	private final List<OwnershipChange> open = new ArrayList<>();

	private boolean rejoin = true;

	private boolean woken;

	private boolean gone;

	private int generation;

	private volatile boolean touched;

	private volatile @Nullable GroupDescription description;

	/**
	 * Create a membership that has not joined yet.
	 * @param tokens the last fencing token, of all memberships of the instance
	 * @param silence how long a group takes to notice that a member has vanished
	 */
	ControlledMembership(AtomicLong tokens, Duration silence) {
		this.assignments = new ControlledAssignments(tokens, silence);
	}

	/**
	 * Whether nothing has happened.
	 * @return whether the instance has neither been given anything nor been asked for
	 * anything
	 */
	boolean isUntouched() {
		return !this.touched;
	}

	/**
	 * Change who owns what, and wait until that is so.
	 * @param change the change
	 * @param timeout how long to wait
	 */
	void change(OwnershipChange change, Duration timeout) {
		synchronized (this) {
			if (this.gone) {
				change.fail(goneProblem());
			}
			this.requested.add(change);
			this.rejoin = true;
			notifyAll();
		}
		try {
			change.await(timeout, this::pending);
		}
		finally {
			synchronized (this) {
				this.requested.remove(change);
				this.open.remove(change);
			}
		}
	}

	private synchronized String pending() {
		return this.gone ? "the instance has left" : this.assignments.pending();
	}

	private static IllegalStateException goneProblem() {
		return new IllegalStateException("The instance is not running: its context has been stopped or closed, or is "
				+ "paused because another test uses another context");
	}

	@Override
	public void poll(Duration timeout, Callbacks callbacks) {
		if (takeRejoin(timeout)) {
			rebalance(callbacks);
		}
		else {
			callbacks.contact(System.nanoTime(), System.currentTimeMillis(), false);
		}
	}

	private synchronized boolean takeRejoin(Duration timeout) {
		try {
			if (!this.rejoin && !this.woken) {
				TimeUnit.NANOSECONDS.timedWait(this, timeout.toNanos());
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		boolean wanted = this.rejoin;
		this.rejoin = false;
		this.woken = false;
		return wanted;
	}

	private void rebalance(Callbacks callbacks) {
		// without this lock: the instance has locks of its own
		MemberMetadata member = callbacks.memberMetadata();
		MemberAssignment assignment = assign(member);
		long nanos = System.nanoTime();
		long millis = System.currentTimeMillis();
		// the lease of the first contact is the longest one, and the last contact is
		// shown
		callbacks.contact(nanos + LEASE.toNanos(), millis + LEASE.toMillis(), false);
		callbacks.assigned(MEMBER_ID, assignment.generation(), ASSIGNOR, assignment);
		callbacks.contact(nanos, millis, false);
		this.description = new GroupDescription("Stable", ASSIGNOR,
				List.of(new GroupDescription.Member(MEMBER_ID, "", member, assignment)));
		complete();
	}

	private synchronized MemberAssignment assign(MemberMetadata member) {
		this.generation++;
		this.touched = this.touched || !this.requested.isEmpty() || !member.control().isEmpty();
		this.assignments.learn(member);
		for (OwnershipChange change : this.requested) {
			try {
				if (member.draining()) {
					throw goneProblem();
				}
				this.assignments.accept(change);
				this.open.add(change);
			}
			catch (RuntimeException ex) {
				change.fail(ex);
			}
		}
		String reason = reason(member);
		this.requested.clear();
		return this.assignments.next(this.generation, reason);
	}

	private String reason(MemberMetadata member) {
		if (!this.requested.isEmpty()) {
			return "the test: "
					+ this.requested.stream().map(OwnershipChange::toString).collect(Collectors.joining("; "));
		}
		return Objects.requireNonNullElse(member.asked(), "the instance has joined");
	}

	private synchronized void complete() {
		this.open.removeIf((change) -> {
			boolean done = this.assignments.isDone(change);
			if (done) {
				change.complete();
			}
			return done;
		});
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
	public void leave(String reason, Duration timeout) {
		close();
	}

	@Override
	public @Nullable GroupDescription describe(Duration timeout) {
		return this.description;
	}

	@Override
	public synchronized void close() {
		this.gone = true;
		this.requested.forEach((change) -> change.fail(goneProblem()));
		this.open.forEach((change) -> change.fail(goneProblem()));
	}

}
