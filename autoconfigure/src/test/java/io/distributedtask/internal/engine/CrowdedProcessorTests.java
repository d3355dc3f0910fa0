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
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

import io.distributedtask.Assignments;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.port.Callbacks;
import io.distributedtask.internal.port.DelegatingMembership;
import io.distributedtask.internal.port.GroupMembership;
import io.distributedtask.internal.port.MemberSettings;
import io.distributedtask.internal.port.Ownership;
import io.distributedtask.internal.port.Round;
import io.distributedtask.internal.port.TaskRunner;
import io.distributedtask.internal.simulation.SimulatedBroker;
import io.distributedtask.internal.simulation.SimulatedClocks;
import io.distributedtask.internal.simulation.SimulatedMembership;
import io.distributedtask.internal.simulation.SimulatedNetwork;
import io.distributedtask.internal.simulation.SimulatedProcess;
import io.distributedtask.internal.simulation.VirtualTime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Simulates a group whose members share one processor that is too slow for all of them to
 * join at a time: whatever one of them does, the others wait for, their heartbeats too.
 */
class CrowdedProcessorTests {

	private static final int MEMBERS = 60;

	private static final Duration SESSION = Duration.ofSeconds(6);

	/** A rebalance of all takes longer than a session. */
	private static final long WORK_MILLIS = 55;

	private static final TaskDefinition TASK = TaskDefinition.of("crawler").withShards(5 * MEMBERS);

	private final VirtualTime time = new VirtualTime();

	private final Random random = new Random(23);

	private final SimulatedNetwork network = new SimulatedNetwork(this.time, this.random);

	private final SimulatedBroker broker = new SimulatedBroker(this.time, this.random, (line) -> {
	});

	private final List<Node> nodes = new ArrayList<>();

	private long freeAt;

	@Test
	void aGroupThatIsTooMuchForItsProcessorComesToRest() {
		for (int i = 0; i < MEMBERS; i++) {
			this.nodes.add(new Node("i" + i));
		}
		this.time.pass(Duration.ofSeconds(30));
		assertThat(owned()).as("at once there is no room for all").isLessThan(TASK.shards());
		int generation = -1;
		for (int minute = 0; minute < 15 && generation != this.broker.generation(); minute++) {
			generation = this.broker.generation();
			this.time.pass(Duration.ofMinutes(1));
		}
		assertThat(this.broker.generation()).as("at rest").isEqualTo(generation);
		assertThat(owned()).isEqualTo(TASK.shards());
		assertThat(this.nodes).allSatisfy((node) -> assertThat(node.engine.membership().problem()).isNull());
	}

	private int owned() {
		Set<TaskId> owned = this.nodes.stream()
			.flatMap((node) -> node.owned.keySet().stream())
			.collect(Collectors.toSet());
		return owned.size();
	}

	/**
	 * Something takes time on the processor.
	 */
	private void work(long millis) {
		long now = this.time.now();
		if (now >= this.freeAt) {
			this.nodes.forEach((node) -> node.process.freeze());
		}
		this.freeAt = Math.max(now, this.freeAt) + VirtualTime.millis(millis);
		long at = this.freeAt;
		this.time.at(at, () -> {
			if (at == this.freeAt) {
				this.nodes.forEach((node) -> node.process.thaw());
			}
		});
	}

	private final class Node implements TaskRunner {

		private final SimulatedProcess process = new SimulatedProcess(CrowdedProcessorTests.this.time);

		private final Map<TaskId, Ownership> owned = new HashMap<>();

		private final TaskEngine engine;

		Node(String name) {
			MemberSettings settings = new MemberSettings("g", name, () -> null, Map.of(), 1.0, Duration.ofMillis(500),
					SESSION, SESSION.multipliedBy(2), Duration.ofSeconds(30), Duration.ZERO, false, false);
			SimulatedClocks clocks = new SimulatedClocks(CrowdedProcessorTests.this.time, 1, 0, 0);
			SimulatedMembership membership = new SimulatedMembership(CrowdedProcessorTests.this.time, this.process,
					CrowdedProcessorTests.this.network.link(this.process), CrowdedProcessorTests.this.broker, settings,
					List.of("sticky"), clocks, CrowdedProcessorTests.this.random, () -> {
					}, (line) -> {
					}, (failure) -> {
						throw new IllegalStateException(failure);
					});
			this.engine = new TaskEngine(settings, new Working(membership), this, List.of(TaskAssignor.sticky()),
					(event) -> {
					}, clocks);
			this.process.after(0, this::turn);
			this.process.after(0, this::watchLease);
		}

		private void turn() {
			this.process.after(VirtualTime.millis(50), this::turn);
			this.engine.turn(Duration.ZERO);
		}

		private void watchLease() {
			this.process.after(VirtualTime.millis(200), this::watchLease);
			this.engine.checkLease();
		}

		@Override
		public Collection<TaskDefinition> tasks() {
			return List.of(TASK);
		}

		@Override
		public void start(Ownership ownership) {
			this.owned.put(ownership.id(), ownership);
		}

		@Override
		public void revoke(Ownership ownership) {
			lost(ownership);
		}

		@Override
		public void lost(Ownership ownership) {
			this.owned.remove(ownership.id());
			ownership.stopped(List.of());
		}

		@Override
		public void hurry(Ownership ownership) {
			// stops at once anyway
		}

		@Override
		public Assignments.@Nullable Execution execution(TaskId id) {
			return null;
		}

	}

	/**
	 * A membership whose every step takes time.
	 */
	private final class Working extends DelegatingMembership {

		private @Nullable Callbacks callbacks;

		Working(GroupMembership delegate) {
			super(delegate);
		}

		@Override
		public void poll(Duration timeout, Callbacks callbacks) {
			Callbacks working = (this.callbacks != null) ? this.callbacks : new WorkingCallbacks(callbacks);
			this.callbacks = working;
			super.poll(timeout, working);
		}

	}

	private final class WorkingCallbacks implements Callbacks {

		private final Callbacks delegate;

		WorkingCallbacks(Callbacks delegate) {
			this.delegate = delegate;
		}

		@Override
		public MemberMetadata memberMetadata() {
			work(WORK_MILLIS);
			return this.delegate.memberMetadata();
		}

		@Override
		public Map<String, MemberAssignment> assign(Round round) {
			work(WORK_MILLIS * round.members().size() / 10);
			return this.delegate.assign(round);
		}

		@Override
		public void assigned(String memberId, int generation, String assignor, @Nullable MemberAssignment assignment) {
			work(WORK_MILLIS);
			this.delegate.assigned(memberId, generation, assignor, assignment);
		}

		@Override
		public void contact(long sentNanos, long sentMillis, boolean rebalancing) {
			work(WORK_MILLIS / 20);
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
