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

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.distributedtask.assignment.RandomGroups.change;
import static io.distributedtask.assignment.RandomGroups.eligible;
import static io.distributedtask.assignment.RandomGroups.forEachMixedGroup;
import static io.distributedtask.assignment.RandomGroups.forEachSeed;
import static io.distributedtask.assignment.RandomGroups.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ZoneSpreadTaskAssignor}, stories and properties.
 */
@Timeout(120)
class ZoneSpreadTaskAssignorTests {

	private final Group group = new Group(TaskAssignor.zoneSpread("zone"));

	@Test
	void theNameContainsALabelThatIsNotZone() {
		assertThat(TaskAssignor.zoneSpread("zone").name()).isEqualTo("zone-spread");
		assertThat(TaskAssignor.zoneSpread("rack").name()).isEqualTo("zone-spread-rack");
		assertThat(TaskAssignor.zoneSpread("topology.kubernetes.io/zone").name())
			.isEqualTo("zone-spread-topology.kubernetes.io-zone");
	}

	@Test
	void aLabelThatCannotBePartOfANameIsRefused() {
		for (String label : List.of("", " ", "x".repeat(60))) {
			assertThatIllegalArgumentException().isThrownBy(() -> TaskAssignor.zoneSpread(label))
				.withMessageContaining("the label '" + label + "'");
		}
	}

	@Test
	void theShardsOfATaskAreSpreadAcrossZonesOfDifferentSizes() {
		zone("eu", "a", "b", "c").zone("us", "d").group.task("crawler", 6).assign();
		assertThat(inZones(this.group, "crawler")).containsEntry("eu", 3).containsEntry("us", 3);
		assertThat(this.group.counts("crawler")).containsExactly(1, 1, 1, 3);
	}

	@Test
	void instancesWithoutTheLabelAreOneZone() {
		zone("eu", "a").group.instances("x", "y").task("crawler", 4).assign();
		assertThat(this.group.counts("crawler")).containsExactly(1, 1, 2);
		assertThat(inZones(this.group, "crawler")).containsEntry("eu", 2).containsEntry("", 2);
	}

	@Test
	void onlyZonesCountThatMayOwnTheTask() {
		zone("eu", "a").zone("us", "b").zone("ap", "c").group.task("crawler", 4, 1, "zone=eu").task("feed", 4);
		this.group.assign();
		assertThat(inZones(this.group, "crawler")).containsExactly(Map.entry("eu", 4));
		assertThat(inZones(this.group, "feed").values()).allMatch((count) -> count == 1 || count == 2);
		assertThat(inZones(this.group, "feed")).as("it carries enough").containsEntry("eu", 1);
	}

	@Test
	void theShardsOfAZoneThatIsLostGoToTheOthersEvenlyAndNoneOfThemMove() {
		zone("eu", "a", "b").zone("us", "c", "d").zone("ap", "e", "f").group.task("crawler", 12).task("feed", 6);
		IntStream.range(0, 12).forEach((i) -> this.group.task("tenant-" + i, 1));
		this.group.assign();
		this.group.leave("e").leave("f");
		assertThat(this.group.assign()).isEmpty();
		assertThat(inZones(this.group, "crawler")).containsOnly(Map.entry("eu", 6), Map.entry("us", 6));
		assertThat(inZones(this.group, "feed")).containsOnly(Map.entry("eu", 3), Map.entry("us", 3));
		assertThat(this.group.counts()).as("30 shards").containsExactly(7, 7, 8, 8);
		zone("ap", "e", "f");
		assertThat(this.group.assign().values()).extracting(Group.Move::to).containsOnly("e", "f");
		assertThat(this.group.counts()).containsOnly(5);
	}

	@Test
	void aZoneHasMoreOfTheSingleShardsIfItCanCarryMore() {
		zone("eu", "a", "b", "c").zone("us", "d");
		IntStream.range(0, 40).forEach((i) -> this.group.task("tenant-" + i, 1));
		this.group.assign();
		assertThat(this.group.counts()).containsOnly(10);
	}

	@Test
	void eachTaskIsSpreadAcrossTheZonesThatMayOwnIt() {
		forEachMixedGroup(TaskAssignor.zoneSpread("x"), (group) -> {
			GroupState state = group.state();
			group.assign();
			Map<TaskId, String> owners = group.owners;
			state.tasks().forEach((task) -> assertSpread(state, task, owners));
		});
	}

	private static void assertSpread(GroupState state, TaskDefinition task, Map<TaskId, String> owners) {
		Map<String, String> zones = state.instances()
			.stream()
			.collect(
					Collectors.toMap(GroupState.Instance::name, (instance) -> instance.labels().getOrDefault("x", "")));
		Map<String, Integer> counts = new TreeMap<>();
		eligible(state, task).forEach((name) -> counts.put(zones.get(name), 0));
		owners.forEach((id, owner) -> {
			if (id.name().equals(task.name())) {
				counts.merge(zones.get(owner), 1, Integer::sum);
			}
		});
		assertThat(Group.spread(counts.values().stream().mapToInt(Integer::intValue).toArray()))
			.as("spread of %s: %s", task.name(), counts)
			.isLessThanOrEqualTo(1);
	}

	@Test
	void withoutZonesItIsAsBalancedAsSticky() {
		forEachSeed((random) -> {
			Group group = new Group(TaskAssignor.zoneSpread("zone"));
			for (int step = 0; step < 4; step++) {
				change(group, random, false);
				run(group, () -> {
					Map<TaskId, String> before = group.owners;
					int moves = group.assign().size();
					int[] counts = group.counts();
					assertThat(Group.spread(counts)).isLessThanOrEqualTo(1);
					Group sticky = new Group();
					sticky.instances.putAll(group.instances);
					sticky.tasks.putAll(group.tasks);
					sticky.owners = before;
					assertThat(moves).isEqualTo(sticky.assign().size());
				});
			}
		});
	}

	/**
	 * Zones of equal size, in which all are equal, can be spread and balanced at the same
	 * time.
	 */
	@Test
	void equalZonesAreBalancedInTotal() {
		forEachSeed((random) -> {
			int zones = 2 + random.nextInt(3);
			Group group = zones(zones, 1 + random.nextInt(3));
			for (int step = 0; step < 4; step++) {
				group.task("t" + random.nextInt(8), 1 + random.nextInt(12));
				run(group, () -> {
					group.assign();
					assertThat(Group.spread(group.counts())).isLessThanOrEqualTo(1);
				});
			}
		});
	}

	/**
	 * By all ways to give each shard an owner: what has the spread, and is balanced.
	 */
	@Test
	void almostAsFewShardsMoveAsPossible() {
		int[] sums = new int[3];
		forEachSeed((random) -> {
			Group group = zones(2 + random.nextInt(2), 1 + random.nextInt(2));
			List<String> names = List.copyOf(group.instances.keySet());
			IntStream.range(0, 2 + random.nextInt(3)).forEach((i) -> group.task("t" + i, 1 + random.nextInt(3)));
			group.state()
				.tasks()
				.forEach((task) -> IntStream.range(0, task.shards())
					.filter((shard) -> random.nextInt(5) > 0)
					.forEach((shard) -> group.owners.put(new TaskId(task.name(), shard), any(names, random))));
			run(group, () -> {
				int fewest = new FewestMoves(group).find();
				int moves = group.assign().size();
				assertThat(moves).isBetween(fewest, fewest + 2);
				sums[0] += moves;
				sums[1] += fewest;
				sums[2] += (moves == fewest) ? 1 : 0;
			});
		});
		assertThat(sums[1]).as("moves that have to be").isGreaterThan(1000);
		assertThat(sums[0]).as("moves, of %d", sums[1]).isLessThan(sums[1] * 11 / 10);
	}

	@Test
	void aLargeGroupIsSpreadWhenAZoneJoins() {
		IntStream.range(0, 200).forEach((i) -> zone((i % 2 == 0) ? "eu" : "us", "i%03d".formatted(i)));
		Set<String> before = Set.copyOf(this.group.instances.keySet());
		IntStream.range(0, 20_000).forEach((i) -> this.group.task("tenant-" + i, 1));
		IntStream.range(0, 100).forEach((i) -> this.group.task("crawler-" + i, 100));
		this.group.owners = TaskAssignor.zoneSpread("zone").assign(this.group.state()).owners();
		IntStream.range(200, 300).forEach((i) -> zone("ap", "i%03d".formatted(i)));
		Map<TaskId, Group.Move> moves = this.group.assign();
		assertThat(moves.values()).filteredOn((move) -> !before.contains(move.to())).hasSize(10_000);
		assertThat(moves.values()).as("within a zone")
			.filteredOn((move) -> before.contains(move.to()))
			.hasSizeLessThan(100);
		assertThat(Set.copyOf(this.group.loads().values())).containsExactly(100.0);
	}

	private ZoneSpreadTaskAssignorTests zone(String zone, String... names) {
		Stream.of(names).forEach((name) -> this.group.instance(name, Map.of("zone", zone), 1));
		return this;
	}

	private static Group zones(int zones, int instances) {
		Group group = new Group(TaskAssignor.zoneSpread("zone"));
		for (int zone = 0; zone < zones; zone++) {
			for (int i = 0; i < instances; i++) {
				group.instance("i" + zone + i, Map.of("zone", "z" + zone), 1);
			}
		}
		return group;
	}

	private static String any(List<String> names, Random random) {
		return names.get(random.nextInt(names.size()));
	}

	private static Map<String, Integer> inZones(Group group, String task) {
		return group.owners.entrySet()
			.stream()
			.filter((owned) -> owned.getKey().name().equals(task))
			.collect(Collectors.groupingBy(
					(owned) -> group.instances.get(owned.getValue()).labels().getOrDefault("zone", ""), TreeMap::new,
					Collectors.summingInt((owned) -> 1)));
	}

	/**
	 * Tries all ways in which each task is spread across zones, and the numbers of shards
	 * of all instances differ by at most one.
	 */
	private static final class FewestMoves {

		private final Group group;

		private final List<TaskId> shards;

		private final List<String> names;

		private final int[] zoneOf;

		private final int zones;

		private final Map<String, int[]> byTask = new HashMap<>();

		private final int[] totals;

		private int fewest = Integer.MAX_VALUE;

		FewestMoves(Group group) {
			this.group = group;
			this.shards = group.state()
				.tasks()
				.stream()
				.flatMap(
						(task) -> IntStream.range(0, task.shards()).mapToObj((shard) -> new TaskId(task.name(), shard)))
				.toList();
			this.names = List.copyOf(group.instances.keySet());
			List<String> zones = group.instances.values()
				.stream()
				.map((instance) -> instance.labels().get("zone"))
				.distinct()
				.toList();
			this.zones = zones.size();
			this.zoneOf = group.instances.values()
				.stream()
				.mapToInt((instance) -> zones.indexOf(instance.labels().get("zone")))
				.toArray();
			this.totals = new int[this.names.size()];
			group.tasks.keySet().forEach((task) -> this.byTask.put(task, new int[this.zones]));
		}

		int find() {
			place(0, 0);
			return this.fewest;
		}

		private void place(int next, int moves) {
			if (moves >= this.fewest) {
				return;
			}
			if (next == this.shards.size()) {
				if (Group.spread(this.totals) <= 1
						&& this.byTask.values().stream().allMatch((counts) -> Group.spread(counts) <= 1)) {
					this.fewest = moves;
				}
				return;
			}
			TaskId id = this.shards.get(next);
			String owner = this.group.owners.get(id);
			int[] counts = this.byTask.getOrDefault(id.name(), new int[0]);
			int most = (this.group.tasks.get(id.name()).shards() + this.zones - 1) / this.zones;
			int mostInAll = (this.shards.size() + this.names.size() - 1) / this.names.size();
			for (int i = 0; i < this.names.size(); i++) {
				if (counts[this.zoneOf[i]] < most && this.totals[i] < mostInAll) {
					counts[this.zoneOf[i]]++;
					this.totals[i]++;
					place(next + 1, moves + ((owner == null || owner.equals(this.names.get(i))) ? 0 : 1));
					counts[this.zoneOf[i]]--;
					this.totals[i]--;
				}
			}
		}

	}

}
