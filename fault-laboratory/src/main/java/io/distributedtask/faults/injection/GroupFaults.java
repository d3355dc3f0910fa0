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

package io.distributedtask.faults.injection;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

import io.distributedtask.faults.history.FaultKind;
import io.distributedtask.faults.history.GroupUnderTest;
import io.distributedtask.faults.instance.InstanceOrders;
import io.distributedtask.faults.mutation.FreezePoint;
import io.distributedtask.faults.network.GarbageMember;
import io.distributedtask.faults.processes.BrokerCluster;
import io.distributedtask.faults.processes.Fleet;
import io.distributedtask.faults.processes.InstanceProcess;
import org.jspecify.annotations.Nullable;

/**
 * What can happen to the group: by other members, by an administrator, in the midst of a
 * rebalance.
 */
public final class GroupFaults implements FaultFamily {

	private static final int MAX_GARBAGE = 4096;

	/** The leader, one that watches it, and one that watches that one. */
	private static final int NEIGHBORS = 3;

	private final Fleet fleet;

	private final BrokerCluster brokers;

	private final Supplier<@Nullable String> leader;

	private final AtomicInteger freezes = new AtomicInteger();

	/**
	 * Create the family.
	 * @param fleet the instances
	 * @param brokers their brokers
	 * @param leader knows the name of the leader
	 */
	public GroupFaults(Fleet fleet, BrokerCluster brokers, Supplier<@Nullable String> leader) {
		this.fleet = fleet;
		this.brokers = brokers;
		this.leader = leader;
	}

	@Override
	public @Nullable Plan plan(FaultKind kind, RandomGenerator random) {
		return switch (kind) {
			case FREEZE_LEADER -> freeze(FreezePoint.LEADER, kind, random);
			case FREEZE_JOINER -> freeze(FreezePoint.JOINER, kind, random);
			case GARBAGE -> garbage(random);
			case EVICT -> evict(random);
			case DELETE_GROUP -> deleteGroup(random);
			case KILL_NEIGHBORS -> killNeighbors(random);
			default -> throw new IllegalArgumentException("No fault of the group: " + kind);
		};
	}

	/**
	 * Whoever comes to the point first freezes itself, and says so in its history; the
	 * laboratory thaws it. For the leader's point everybody is armed, for it may be any.
	 */
	private @Nullable Plan freeze(FreezePoint point, FaultKind kind, RandomGenerator random) {
		List<InstanceProcess> alive = this.fleet.alive();
		if (alive.isEmpty()) {
			return null;
		}
		String id = "z" + this.freezes.incrementAndGet();
		InstanceProcess one = alive.get(random.nextInt(alive.size()));
		List<InstanceProcess> armed = (point == FreezePoint.LEADER) ? alive : List.of(one);
		return Plan.of("-", Duration.ofSeconds(1), () -> {
			armed.forEach((process) -> process.order("%s %s %s-%s %s %s".formatted(InstanceOrders.FREEZE, point, id,
					process.name(), kind, process.name())));
			one.order(InstanceOrders.REBALANCE);
		}, () -> armed.forEach((process) -> process.order(InstanceOrders.DISARM)));
	}

	private Plan garbage(RandomGenerator random) {
		byte[] bytes = new byte[random.nextInt(MAX_GARBAGE)];
		random.nextBytes(bytes);
		if (bytes.length > 3 && random.nextBoolean()) {
			// as far as the kind, the version and the flags it looks like one of ours
			bytes[0] = 'M';
			bytes[1] = 1;
			bytes[2] = (byte) random.nextInt(2);
		}
		AtomicReference<GarbageMember> member = new AtomicReference<>();
		return Plan.of(Plan.ALL, FaultFamily.between(random, 500, 4000),
				() -> member.set(new GarbageMember(this.brokers.adminServers(), GroupUnderTest.ID, bytes)),
				() -> Objects.requireNonNull(member.get()).close());
	}

	private @Nullable Plan evict(RandomGenerator random) {
		Map<String, String> members = this.brokers.members(GroupUnderTest.ID);
		if (members.isEmpty()) {
			return null;
		}
		List<String> ids = members.keySet().stream().sorted().toList();
		String id = ids.get(random.nextInt(ids.size()));
		return Plan.of(members.getOrDefault(id, Plan.ALL), Duration.ZERO,
				() -> this.brokers.evict(GroupUnderTest.ID, id), () -> {
				});
	}

	/**
	 * Each member is watched by the one before it, by the order of their ids.
	 */
	private @Nullable Plan killNeighbors(RandomGenerator random) {
		Map<String, String> members = this.brokers.members(GroupUnderTest.ID);
		List<String> ring = members.keySet().stream().sorted().map(members::get).toList();
		int leader = ring.indexOf(this.leader.get());
		if (leader < 0 || ring.size() <= NEIGHBORS) {
			return null;
		}
		List<String> names = IntStream.range(0, NEIGHBORS)
			.mapToObj((i) -> ring.get((leader - i + ring.size()) % ring.size()))
			.toList();
		if (!names.stream().allMatch(this.fleet.free(Fleet.PROCESS)::contains)) {
			return null;
		}
		List<String> taken = names.stream().filter((name) -> this.fleet.reserve(Fleet.PROCESS, name)).toList();
		if (taken.size() < NEIGHBORS) {
			taken.forEach((name) -> this.fleet.release(Fleet.PROCESS, name));
			return null;
		}
		return Plan.of(String.join(",", names), FaultFamily.between(random, 200, 6000),
				() -> names.parallelStream()
					.map(this.fleet::process)
					.filter(Objects::nonNull)
					.forEach(InstanceProcess::kill),
				() -> names.forEach((name) -> {
					this.fleet.start(name);
					this.fleet.release(Fleet.PROCESS, name);
				}));
	}

	private Plan deleteGroup(RandomGenerator random) {
		return Plan.of(Plan.ALL, FaultFamily.between(random, 100, 1000), () -> {
			List<InstanceProcess> all = this.fleet.alive();
			all.forEach(InstanceProcess::terminate);
			all.forEach((process) -> this.fleet.awaitEnd(process.name()));
			this.brokers.deleteGroup(GroupUnderTest.ID);
		}, () -> Fleet.RESIDENTS.forEach(this.fleet::start));
	}

}
