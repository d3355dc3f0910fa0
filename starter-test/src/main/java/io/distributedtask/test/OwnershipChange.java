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
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import org.jspecify.annotations.Nullable;

/**
 * What a test has asked for, until it has come true.
 */
final class OwnershipChange {

	private final Kind kind;

	private final @Nullable String task;

	private final int[] shards;

	private final @Nullable Instant crash;

	private final CompletableFuture<Void> done = new CompletableFuture<>();

	private @Nullable Set<TaskId> ids;

	/**
	 * Create a change.
	 * @param kind what is to happen
	 * @param task to which task, {@code null} for all
	 * @param shards to which shards, none for all
	 * @param crash when the former owner has crashed, if it has
	 */
	OwnershipChange(Kind kind, @Nullable String task, int[] shards, @Nullable Instant crash) {
		this.kind = kind;
		this.task = task;
		this.shards = shards.clone();
		this.crash = crash;
	}

	Kind kind() {
		return this.kind;
	}

	@Nullable Instant crash() {
		return this.crash;
	}

	/**
	 * The shards that it is about.
	 * @return the shards, {@code null} until it has been accepted
	 */
	@Nullable Set<TaskId> ids() {
		return this.ids;
	}

	/**
	 * Find the shards that it is about.
	 * @param tasks the tasks of the instance
	 * @return the shards
	 */
	Set<TaskId> accept(Collection<TaskDefinition> tasks) {
		Set<TaskId> found = new LinkedHashSet<>();
		for (TaskDefinition definition : tasks) {
			if (this.task == null || this.task.equals(definition.name())) {
				shards(definition).forEach((shard) -> found.add(new TaskId(definition.name(), shard)));
			}
		}
		if (found.isEmpty() && this.task != null) {
			throw new NoSuchElementException("The instance has no task '%s', %s".formatted(this.task,
					tasks.isEmpty() ? "and no other: a slice has the beans that the test imports"
							: "but " + tasks.stream().map(TaskDefinition::name).sorted().toList()));
		}
		this.ids = found;
		return found;
	}

	private IntStream shards(TaskDefinition definition) {
		for (int shard : this.shards) {
			if (shard < 0 || shard >= definition.shards()) {
				throw new IllegalArgumentException("Task '%s' has no shard %d: its number of shards is %d"
					.formatted(definition.name(), shard, definition.shards()));
			}
		}
		return (this.shards.length > 0) ? IntStream.of(this.shards) : IntStream.range(0, definition.shards());
	}

	void complete() {
		this.done.complete(null);
	}

	void fail(RuntimeException problem) {
		this.done.completeExceptionally(problem);
	}

	/**
	 * Wait until it has come true.
	 * @param timeout how long
	 * @param progress tells what it waits for
	 */
	void await(Duration timeout, Supplier<String> progress) {
		try {
			this.done.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			throw new IllegalStateException(
					"%s has had no effect within %d s: %s".formatted(this, timeout.toSeconds(), progress.get()), ex);
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof RuntimeException problem) {
				// made on another thread, whose stack helps nobody
				problem.fillInStackTrace();
				throw problem;
			}
			throw new IllegalStateException(this + " has failed", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted during " + this, ex);
		}
	}

	@Override
	public String toString() {
		String what = (this.task != null) ? "task '" + this.task + "'" : "all tasks";
		return this.kind.description.formatted(what)
				+ ((this.shards.length > 0) ? ", shards " + IntStream.of(this.shards).boxed().toList() : "");
	}

	/**
	 * What can be asked for.
	 */
	enum Kind {

		ASSIGN("Assigning %s"), FAIL_OVER("A fail-over of %s"), REVOKE("Revoking %s"), LOSE("Losing %s");

		private final String description;

		Kind(String description) {
			this.description = description;
		}

	}

}
