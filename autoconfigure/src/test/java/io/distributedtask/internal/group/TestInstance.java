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

package io.distributedtask.internal.group;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.distributedtask.Assignments;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.event.GroupRebalancedEvent;
import io.distributedtask.internal.engine.TaskEngine;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.MemberSettings;
import io.distributedtask.internal.port.Ownership;
import io.distributedtask.internal.port.Ownership.Phase;
import io.distributedtask.internal.port.TaskRunner;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An instance without an application: the real coordinator and the real membership, with
 * a runner that keeps book of what it is told. Instances with one {@link Book} find out
 * when two of them own one shard.
 */
final class TestInstance implements TaskRunner {

	private final String name;

	private final Book book;

	private final List<TaskDefinition> tasks;

	private final ProbedMembership membership;

	private final TaskEngine engine;

	private final Map<TaskId, Ownership> running = new ConcurrentHashMap<>();

	private final Queue<String> calls = new ConcurrentLinkedQueue<>();

	private final AtomicInteger rebalances = new AtomicInteger();

	private volatile boolean stopsAtOnce = true;

	private volatile Runnable beforeJoin = () -> {
	};

	private volatile Consumer<String> beforeCall = (call) -> {
	};

	private volatile Consumer<Record> listener = (event) -> {
	};

	private boolean started;

	TestInstance(String name, Book book, Settings settings, String servers) {
		this.name = name;
		this.book = book;
		this.tasks = settings.tasks();
		GroupSettings group = new GroupSettings(settings.groupId(), null, List.of(settings.assignor().name()),
				settings.heartbeat(), settings.session(), settings.rebalance());
		MemberSettings memberSettings = new MemberSettings(settings.groupId(), name, () -> {
			this.beforeJoin.run();
			return null;
		}, Map.of(), 1.0, settings.heartbeat(), settings.session(), settings.rebalance(), Duration.ofSeconds(30));
		this.membership = new ProbedMembership(new KafkaGroupMembership(group, Map.of("bootstrap.servers", servers)));
		this.engine = new TaskEngine(memberSettings, this.membership, this, List.of(settings.assignor()), this::heard,
				Clocks.SYSTEM);
	}

	private void heard(Record event) {
		this.listener.accept(event);
		if (event instanceof GroupRebalancedEvent) {
			this.rebalances.incrementAndGet();
		}
	}

	TestInstance start() {
		this.started = true;
		this.engine.start();
		return this;
	}

	/**
	 * Begin to stop in order.
	 * @return counted down when it is over
	 */
	CountDownLatch beginStop() {
		CountDownLatch done = new CountDownLatch(1);
		if (this.started) {
			this.engine.stop(Duration.ofSeconds(60), done::countDown);
		}
		else {
			done.countDown();
		}
		return done;
	}

	void stop() {
		this.stopsAtOnce = true;
		this.running.keySet().forEach(this::finishIfEnding);
		CountDownLatch done = beginStop();
		try {
			assertThat(done.await(90, TimeUnit.SECONDS)).as("%s has stopped", this.name).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Called on the group's thread each time before it joins.
	 */
	void beforeJoin(Runnable action) {
		this.beforeJoin = action;
	}

	/**
	 * Called before the runner does what it is told.
	 */
	void beforeCall(Consumer<String> action) {
		this.beforeCall = action;
	}

	/**
	 * Called with every event.
	 */
	void listener(Consumer<Record> listener) {
		this.listener = listener;
	}

	void stopsAtOnce(boolean stopsAtOnce) {
		this.stopsAtOnce = stopsAtOnce;
	}

	ProbedMembership membership() {
		return this.membership;
	}

	TaskEngine engine() {
		return this.engine;
	}

	/**
	 * The shards of which something runs.
	 */
	Set<TaskId> running() {
		return new TreeSet<>(this.running.keySet());
	}

	/**
	 * The shards that it says it owns.
	 */
	Set<TaskId> owned() {
		Set<TaskId> owned = new TreeSet<>();
		this.tasks.forEach((task) -> {
			for (int shard = 0; shard < task.shards(); shard++) {
				if (this.engine.isOwner(task.name(), shard)) {
					owned.add(new TaskId(task.name(), shard));
				}
			}
		});
		return owned;
	}

	/**
	 * What the runner was told, in order: {@code start}, {@code revoke}, {@code lost} and
	 * the shard.
	 */
	List<String> calls() {
		return List.copyOf(this.calls);
	}

	List<String> calls(String what) {
		return calls().stream().filter((call) -> call.startsWith(what)).toList();
	}

	/**
	 * How many assignments it has had.
	 */
	int rebalances() {
		return this.rebalances.get();
	}

	void finish(TaskId id) {
		Ownership ownership = this.running.remove(id);
		if (ownership != null) {
			this.book.close(id, ownership);
			ownership.stopped(List.of());
		}
	}

	private void finishIfEnding(TaskId id) {
		Ownership ownership = this.running.get(id);
		if (ownership != null && ownership.phase() != Phase.OWNED) {
			finish(id);
		}
	}

	@Override
	public Collection<TaskDefinition> tasks() {
		return this.tasks;
	}

	@Override
	public void start(Ownership ownership) {
		TaskId id = ownership.id();
		call("start " + id);
		this.book.open(this.name, id, ownership);
		if (this.running.put(id, ownership) != null) {
			this.book.broken.add(id + " is started twice on " + this.name);
		}
	}

	private void call(String call) {
		this.beforeCall.accept(call);
		this.calls.add(call);
	}

	@Override
	public void revoke(Ownership ownership) {
		call("revoke " + ownership.id());
		if (this.stopsAtOnce) {
			finish(ownership.id());
		}
	}

	@Override
	public void hurry(Ownership ownership) {
	}

	@Override
	public void lost(Ownership ownership) {
		call("lost " + ownership.id());
		if (this.stopsAtOnce) {
			finish(ownership.id());
		}
	}

	@Override
	public Assignments.@Nullable Execution execution(TaskId id) {
		return null;
	}

	@Override
	public String toString() {
		return this.name;
	}

	/**
	 * What instances of one group have in common.
	 *
	 * @param groupId the group
	 * @param tasks the tasks that they know
	 * @param assignor the algorithm
	 * @param heartbeat how often they are heard of
	 * @param session how long they may be silent
	 * @param rebalance how long they may take to join again
	 */
	record Settings(String groupId, List<TaskDefinition> tasks, TaskAssignor assignor, Duration heartbeat,
			Duration session, Duration rebalance) {

		static Settings of(String groupId, Duration session, TaskDefinition... tasks) {
			return new Settings(groupId, List.of(tasks), TaskAssignor.sticky(), Duration.ofMillis(100), session,
					session.plusMillis(500));
		}

		Settings with(TaskAssignor assignor) {
			return new Settings(this.groupId, this.tasks, assignor, this.heartbeat, this.session, this.rebalance);
		}

		Settings with(List<TaskDefinition> tasks) {
			return new Settings(this.groupId, tasks, this.assignor, this.heartbeat, this.session, this.rebalance);
		}

	}

	/**
	 * Who runs what, for all instances of a group.
	 */
	static final class Book {

		private final Map<TaskId, Map<Ownership, String>> open = new ConcurrentHashMap<>();

		private final Map<TaskId, Long> tokens = new ConcurrentHashMap<>();

		private final Queue<String> broken = new ConcurrentLinkedQueue<>();

		private void open(String name, TaskId id, Ownership ownership) {
			Map<Ownership, String> open = this.open.computeIfAbsent(id, (key) -> new ConcurrentHashMap<>());
			open.forEach((other, owner) -> {
				// one that has lost it may still run for a moment, and must not be valid
				if (other.phase() != Phase.LOST) {
					this.broken.add("%s starts %s while it is %s on %s".formatted(name, id, other.phase(), owner));
				}
			});
			Long former = this.tokens.put(id, ownership.fencingToken());
			if (former != null && former >= ownership.fencingToken()) {
				this.broken
					.add("%s starts %s with token %d after %d".formatted(name, id, ownership.fencingToken(), former));
			}
			open.put(ownership, name);
		}

		private void close(TaskId id, Ownership ownership) {
			this.open.getOrDefault(id, Map.of()).remove(ownership);
		}

		/**
		 * What must never happen and has happened.
		 */
		List<String> broken() {
			return List.copyOf(this.broken);
		}

	}

}
