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

package io.distributedtask.internal.execution;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import io.distributedtask.TaskId;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.port.Ownership;
import org.jspecify.annotations.Nullable;

/**
 * An ownership whose phase a test sets.
 */
public final class FakeOwnership implements Ownership {

	private final TaskId id;

	private final List<List<Instant>> stops = new CopyOnWriteArrayList<>();

	private volatile Phase phase = Phase.OWNED;

	private Origin origin = Origin.HANDED_OVER;

	private List<Instant> progress = List.of();

	private @Nullable Instant missedSince;

	private volatile @Nullable Instant lastSuccess;

	private volatile Supplier<List<Instant>> told = List::of;

	public FakeOwnership(String task) {
		this(task, 0);
	}

	public FakeOwnership(String task, int shard) {
		this.id = new TaskId(task, shard);
	}

	FakeOwnership failedOver(Instant missedSince) {
		this.origin = Origin.FAILED_OVER;
		this.missedSince = missedSince;
		return this;
	}

	FakeOwnership progress(Instant... progress) {
		this.progress = List.of(progress);
		return this;
	}

	public FakeOwnership phase(Phase phase) {
		this.phase = phase;
		return this;
	}

	public List<List<Instant>> stops() {
		return this.stops;
	}

	@Override
	public TaskId id() {
		return this.id;
	}

	@Override
	public int shardCount() {
		return 16;
	}

	@Override
	public long fencingToken() {
		return 42;
	}

	@Override
	public Instant since() {
		return Instant.EPOCH;
	}

	@Override
	public Phase phase() {
		return this.phase;
	}

	@Override
	public Duration leaseRemaining() {
		return Duration.ofSeconds(9);
	}

	@Override
	public Origin origin() {
		return this.origin;
	}

	@Override
	public List<Instant> progress() {
		return this.progress;
	}

	@Override
	public @Nullable Instant lastSuccess() {
		return this.lastSuccess;
	}

	@Override
	public void succeeded(Instant at) {
		this.lastSuccess = at;
	}

	@Override
	public void setProgressSource(Supplier<List<Instant>> told) {
		this.told = told;
	}

	List<Instant> told() {
		return this.told.get();
	}

	@Override
	public @Nullable Instant missedSince() {
		return this.missedSince;
	}

	@Override
	public void stopped(List<Instant> progress) {
		this.stops.add(progress);
	}

}
