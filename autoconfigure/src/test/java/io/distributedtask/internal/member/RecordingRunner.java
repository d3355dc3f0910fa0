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

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

import io.distributedtask.Assignments;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.internal.port.Ownership;
import io.distributedtask.internal.port.TaskRunner;
import org.jspecify.annotations.Nullable;

/**
 * A runner whose shards stop when a test says so, or at once.
 */
public final class RecordingRunner implements TaskRunner {

	private final List<TaskDefinition> tasks;

	private final Map<TaskId, Ownership> running = new ConcurrentHashMap<>();

	private final List<String> calls = new CopyOnWriteArrayList<>();

	private volatile boolean stopsAtOnce = true;

	private volatile boolean stopsWhenHurried;

	private volatile List<Instant> progress = List.of();

	private volatile Predicate<String> paused = (task) -> false;

	private volatile boolean beginsRuns = true;

	private final List<Runnable> waitingRuns = new CopyOnWriteArrayList<>();

	public RecordingRunner(TaskDefinition... tasks) {
		this.tasks = List.of(tasks);
	}

	public void stopAtOnce(boolean stopsAtOnce) {
		this.stopsAtOnce = stopsAtOnce;
	}

	public void stopWhenHurried() {
		this.stopsAtOnce = false;
		this.stopsWhenHurried = true;
	}

	void progress(Instant... progress) {
		this.progress = List.of(progress);
	}

	public List<String> calls() {
		return this.calls;
	}

	public Map<TaskId, Ownership> running() {
		return this.running;
	}

	void finish(TaskId id) {
		Ownership ownership = this.running.remove(id);
		if (ownership != null) {
			ownership.stopped(this.progress);
		}
	}

	@Override
	public Collection<TaskDefinition> tasks() {
		return this.tasks;
	}

	@Override
	public void start(Ownership ownership) {
		this.calls.add("start " + ownership.id());
		if (this.running.put(ownership.id(), ownership) != null) {
			throw new IllegalStateException(ownership.id() + " is started twice");
		}
	}

	@Override
	public void revoke(Ownership ownership) {
		this.calls.add("revoke " + ownership.id());
		if (this.stopsAtOnce) {
			finish(ownership.id());
		}
	}

	@Override
	public void lost(Ownership ownership) {
		this.calls.add("lost " + ownership.id());
		if (this.stopsAtOnce) {
			finish(ownership.id());
		}
	}

	@Override
	public void hurry(Ownership ownership) {
		this.calls.add("hurry " + ownership.id());
		if (this.stopsWhenHurried) {
			finish(ownership.id());
		}
	}

	boolean isPaused(String task) {
		return this.paused.test(task);
	}

	/**
	 * Let runs on request wait.
	 */
	void beginRuns(boolean beginsRuns) {
		this.beginsRuns = beginsRuns;
	}

	List<Runnable> waitingRuns() {
		return this.waitingRuns;
	}

	@Override
	public void applyPauses(Predicate<String> paused) {
		this.paused = paused;
	}

	@Override
	public boolean runsOnRequest(String task) {
		return !task.equals("leader");
	}

	@Override
	public boolean run(Ownership ownership, Runnable begun) {
		this.calls.add("run " + ownership.id() + " " + ownership.fencingToken());
		if (this.beginsRuns) {
			begun.run();
		}
		else {
			this.waitingRuns.add(begun);
		}
		return true;
	}

	@Override
	public Assignments.@Nullable Execution execution(TaskId id) {
		return null;
	}

}
