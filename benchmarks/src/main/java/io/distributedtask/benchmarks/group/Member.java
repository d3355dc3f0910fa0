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

import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import io.distributedtask.Assignments;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.event.GroupRebalancedEvent;
import io.distributedtask.internal.engine.TaskEngine;
import io.distributedtask.internal.group.GroupSettings;
import io.distributedtask.internal.group.KafkaGroupMembership;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.MemberSettings;
import io.distributedtask.internal.port.Ownership;
import io.distributedtask.internal.port.TaskRunner;
import io.distributedtask.internal.watch.SocketCrashWatch;
import org.apache.kafka.clients.CommonClientConfigs;
import org.jspecify.annotations.Nullable;

/**
 * A member as an application has it, but for the tasks: nothing runs, and what is revoked
 * has stopped at once.
 */
final class Member {

	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(120);

	private final String name;

	private final Owners owners;

	private final List<TaskDefinition> tasks;

	private final AtomicInteger load = new AtomicInteger();

	private final ObservedMembership membership;

	private final TaskEngine engine;

	private volatile int generation = -1;

	Member(String name, String groupId, String servers, GroupSize size, List<TaskDefinition> tasks, Owners owners,
			Pauses pauses, boolean watch) {
		this.name = name;
		this.owners = owners;
		this.tasks = tasks;
		this.membership = new ObservedMembership(new KafkaGroupMembership(
				new GroupSettings(groupId, null, List.of(TaskAssignor.sticky().name()), size.heartbeatInterval(),
						size.sessionTimeout(), size.rebalanceTimeout()),
				Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers),
				watch ? new SocketCrashWatch(name, InetAddress::getLoopbackAddress, 0, null) : null), pauses);
		MemberSettings settings = new MemberSettings(groupId, name, () -> null, Map.of(), 1, size.heartbeatInterval(),
				size.sessionTimeout(), size.rebalanceTimeout(), Duration.ofSeconds(30));
		this.engine = new TaskEngine(settings, this.membership, new Runner(), List.of(TaskAssignor.sticky()), this::on,
				Clocks.SYSTEM);
	}

	private void on(Record event) {
		if (event instanceof GroupRebalancedEvent rebalanced) {
			this.generation = rebalanced.generation();
		}
	}

	void start() {
		this.engine.start();
	}

	/**
	 * Leave the group in order.
	 * @return completes when the group has been left
	 */
	CompletableFuture<Void> leave() {
		CompletableFuture<Void> left = new CompletableFuture<>();
		this.engine.stop(STOP_TIMEOUT, () -> left.complete(null));
		return left;
	}

	/**
	 * Request that a shard is moved.
	 */
	void move(TaskId id, Member target) {
		this.engine.operations().move(id.name(), id.shard(), target.name);
	}

	/**
	 * Vanish: no request of this member reaches the broker any more.
	 */
	void crash() {
		this.membership.crash();
	}

	/**
	 * The generation of the last assignment, -1 before the first.
	 */
	int generation() {
		return this.generation;
	}

	/**
	 * How many shards it owns.
	 */
	int load() {
		return this.load.get();
	}

	/**
	 * What is wrong, as health shows it.
	 */
	@Nullable String problem() {
		return this.engine.membership().problem();
	}

	private void begin(Ownership ownership) {
		this.load.incrementAndGet();
		this.owners.start(ownership.id(), this);
	}

	private void end(Ownership ownership) {
		// the lease may end while the group's thread has not noted that the shard has
		// stopped
		if (this.owners.stop(ownership.id(), this)) {
			this.load.decrementAndGet();
			ownership.stopped(List.of());
		}
	}

	/**
	 * Runs nothing.
	 */
	private final class Runner implements TaskRunner {

		@Override
		public Collection<TaskDefinition> tasks() {
			return Member.this.tasks;
		}

		@Override
		public void start(Ownership ownership) {
			begin(ownership);
		}

		@Override
		public void revoke(Ownership ownership) {
			end(ownership);
		}

		@Override
		public void lost(Ownership ownership) {
			end(ownership);
		}

		@Override
		public void hurry(Ownership ownership) {
		}

		@Override
		public Assignments.@Nullable Execution execution(TaskId id) {
			return null;
		}

	}

}
