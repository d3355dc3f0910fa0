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

package io.distributedtask.assignment;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState.Instance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static io.distributedtask.assignment.RandomGroups.forEachMixedGroup;
import static io.distributedtask.assignment.RandomGroups.forEachSeed;
import static io.distributedtask.assignment.RandomGroups.run;
import static io.distributedtask.assignment.RandomGroups.weight;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests for {@link RendezvousTaskAssignor}, stories and properties.
 */
@Timeout(60)
class RendezvousTaskAssignorTests {

	private final Group group = new Group(TaskAssignor.rendezvous());

	@Test
	void isNamedRendezvous() {
		assertThat(TaskAssignor.rendezvous().name()).isEqualTo("rendezvous");
	}

	/**
	 * Leaders of one group may run on different versions: a change of the hash would move
	 * everything whenever the leader changes.
	 */
	@Test
	void theHashNeverChanges() {
		this.group.instances("shop-1", "shop-2", "shop-3").task("crawler", 6).task("b\u00fccher", 2);
		this.group.assign();
		assertThat(new TreeMap<>(this.group.owners).toString())
			.isEqualTo("{b\u00fccher[0]=shop-3, b\u00fccher[1]=shop-2, crawler[0]=shop-3, crawler[1]=shop-1, "
					+ "crawler[2]=shop-2, crawler[3]=shop-1, crawler[4]=shop-2, crawler[5]=shop-2}");
	}

	@Test
	void instancesThatAreBackHaveWhatTheyHad() {
		this.group.instances("a", "b", "c").task("crawler", 30).task("feeds", 30).assign();
		Map<TaskId, String> before = this.group.owners;
		this.group.leave("b").assign();
		assertThat(this.group.owners).isNotEqualTo(before);
		this.group.instances("b").assign();
		assertThat(this.group.owners).isEqualTo(before);
	}

	@Test
	void presentOwnersDoNotMatter() {
		forEachMixedGroup(TaskAssignor.rendezvous(), (group) -> {
			group.assign();
			Map<TaskId, String> owners = group.owners;
			group.owners = new HashMap<>();
			group.assign();
			assertThat(group.owners).isEqualTo(owners);
		});
	}

	@Test
	void nobodyCarriesMoreThanAQuarterAboveItsShareRoundedUp() {
		forEachSeed((random) -> {
			Group group = new Group(TaskAssignor.rendezvous());
			IntStream.range(0, 1 + random.nextInt(10))
				.forEach((i) -> group.instance("i" + random.nextInt(1000), Map.of(), weight(random)));
			IntStream.range(0, 1 + random.nextInt(10))
				.forEach((i) -> group.task("t" + random.nextInt(1000), 1 + random.nextInt(40)));
			run(group, () -> {
				group.assign();
				double capacity = capacity(group);
				int shards = group.owners.size();
				group.loads().forEach((name, load) -> {
					double share = shards * group.instances.get(name).capacity() / capacity;
					assertThat(load).as("load of %s", name).isLessThanOrEqualTo(Math.ceil(1.25 * share + 1e-9));
				});
			});
		});
	}

	@Test
	void withUnequalWeightsTheBoundIsExceededByLessThanTheLightestShardOfAnInstance() {
		forEachSeed((random) -> {
			Group group = new Group(TaskAssignor.rendezvous());
			IntStream.range(0, 1 + random.nextInt(10))
				.forEach((i) -> group.instance("i" + random.nextInt(1000), Map.of(), weight(random)));
			IntStream.range(0, 1 + random.nextInt(20))
				.forEach((i) -> group.task("t" + random.nextInt(1000), 1 + random.nextInt(10), weight(random), ""));
			run(group, () -> {
				group.assign();
				double capacity = capacity(group);
				Map<String, Double> loads = group.loads();
				double weight = loads.values().stream().mapToDouble(Double::doubleValue).sum();
				Map<String, Double> lightest = group.owners.entrySet()
					.stream()
					.collect(Collectors.toMap(Map.Entry::getValue,
							(owned) -> group.tasks.get(owned.getKey().name()).weight(), Math::min));
				lightest.forEach((name, least) -> {
					double bound = 1.25 * weight * group.instances.get(name).capacity() / capacity;
					assertThat(loads.get(name) - least).as("load of %s", name).isLessThan(bound + 1e-9);
				});
			});
		});
	}

	/**
	 * Where the instances of one task are among those of another one, what the assignor
	 * {@code sticky} reaches is the best that there is.
	 */
	@Test
	void labelsDoNotMakeTheLoadsLessEven() {
		forEachSeed((random) -> {
			Group group = new Group(TaskAssignor.rendezvous());
			List<Map<String, String>> labels = List.of(Map.of(), Map.of("x", "1"), Map.of("x", "1", "y", "1"));
			IntStream.range(0, 3 + random.nextInt(8))
				.forEach((i) -> group.instance("i" + i, labels.get(random.nextInt(3)), 1));
			List<String> selectors = List.of("", "x=1", "x=1,y=1");
			IntStream.range(0, 1 + random.nextInt(10))
				.forEach((i) -> group.task("t" + i, 1 + random.nextInt(30), 1, selectors.get(random.nextInt(3))));
			run(group, () -> {
				group.assign();
				double highest = group.ratios().get(0);
				group.owners = TaskAssignor.sticky().assign(group.state()).owners();
				assertThat(highest).isLessThanOrEqualTo(Math.ceil(1.25 * group.ratios().get(0)));
			});
		});
	}

	@Test
	void sharesFollowCapacities() {
		this.group.instance("a", Map.of(), 1).instance("b", Map.of(), 2).instance("c", Map.of(), 3);
		IntStream.range(0, 600).forEach((i) -> this.group.task("task-" + i, 10));
		this.group.assign();
		assertThat(this.group.loads().get("a")).isCloseTo(1000, within(100.0));
		assertThat(this.group.loads().get("b")).isCloseTo(2000, within(100.0));
		assertThat(this.group.loads().get("c")).isCloseTo(3000, within(100.0));
	}

	/**
	 * Only a shard that an instance was too full for moves in addition to those of an
	 * instance that comes or goes.
	 */
	@ParameterizedTest
	@CsvSource({ "5,0.5", "20,0.25", "100,0.05" })
	void fewOthersMoveWhenAnInstanceLeavesOrJoins(int shardsPerInstance, double most) {
		int instances = 20;
		IntStream.range(0, instances).forEach((i) -> this.group.instances("shop-" + i));
		IntStream.range(0, instances * shardsPerInstance).forEach((i) -> this.group.task("tenant-" + i, 1));
		this.group.assign();
		int others = 0;
		for (int i = 0; i < instances; i++) {
			String name = "shop-" + i;
			this.group.leave(name);
			int moved = this.group.assign().size();
			this.group.instances(name);
			long joined = this.group.assign().values().stream().filter((move) -> !move.to().equals(name)).count();
			assertThat(joined).as("the way back").isEqualTo(moved);
			others += moved;
		}
		assertThat((double) others / instances).as("average").isLessThan(most * shardsPerInstance);
	}

	@Test
	void weightsAndCapacitiesBeyondAllMeasureLeaveNothingOut() {
		for (double weight : new double[] { Double.MIN_VALUE, 1, Double.MAX_VALUE }) {
			for (double capacity : new double[] { Double.MIN_VALUE, 1, Double.MAX_VALUE }) {
				Group group = new Group(TaskAssignor.rendezvous());
				group.instance("a", Map.of(), capacity).instance("b", Map.of(), capacity).instance("c", Map.of(), 1);
				group.task("crawler", 100, weight, "").task("feed", 100);
				group.assign();
				assertThat(group.owners).as("weight %s, capacity %s", weight, capacity).hasSize(200);
			}
		}
	}

	@Test
	void aLargeGroupIsWithinTheBound() {
		IntStream.range(0, 1000).forEach((i) -> this.group.instances("shop-%d:8080".formatted(i)));
		IntStream.range(0, 10).forEach((i) -> this.group.task("task-" + i, 10_000));
		Map<TaskId, String> owners = TaskAssignor.rendezvous().assign(this.group.state()).owners();
		int[] counts = new TreeMap<>(
				owners.values().stream().collect(Collectors.groupingBy((name) -> name, Collectors.counting())))
			.values()
			.stream()
			.mapToInt(Long::intValue)
			.toArray();
		assertThat(owners).hasSize(100_000);
		assertThat(Arrays.stream(counts).max().orElseThrow()).isLessThanOrEqualTo(125);
		assertThat(Arrays.stream(counts).min().orElseThrow()).as("as far as chance goes").isGreaterThan(50);
	}

	private static double capacity(Group group) {
		return group.instances.values().stream().mapToDouble(Instance::capacity).sum();
	}

}
