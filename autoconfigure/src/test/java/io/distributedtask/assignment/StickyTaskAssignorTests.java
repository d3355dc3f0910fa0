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
import java.util.Set;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState.Instance;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stories of the life of a group.
 */
class StickyTaskAssignorTests {

	private final Group group = new Group();

	@Test
	void sixteenShardsOverThreeInstances() {
		this.group.instances("a", "b", "c").task("crawler", 16).assign();
		assertThat(this.group.counts()).containsExactly(5, 5, 6);
	}

	@Test
	void singleTasksSpreadOut() {
		this.group.instances("a", "b", "c");
		for (String name : List.of("invoices", "ledger", "relay", "report", "scan", "sweep")) {
			this.group.task(name, 1);
		}
		this.group.assign();
		assertThat(this.group.counts()).containsExactly(2, 2, 2);
	}

	@Test
	void eachTaskSpreadsOutAsWellAsAll() {
		this.group.instances("a", "b", "c").task("one", 1).task("three", 3).task("four", 4).task("five", 5).assign();
		assertThat(this.group.counts()).containsExactly(4, 4, 5);
		assertThat(this.group.counts("three")).containsExactly(1, 1, 1);
		assertThat(this.group.counts("four")).containsExactly(1, 1, 2);
		assertThat(this.group.counts("five")).containsExactly(1, 2, 2);
	}

	@Test
	void nobodyOwnsAnythingWithoutInstancesOrTasks() {
		assertThat(TaskAssignor.sticky().assign(this.group.state()).owners()).isEmpty();
		assertThat(TaskAssignor.sticky().assign(this.group.task("crawler", 3).state()).owners()).isEmpty();
		this.group.tasks.clear();
		assertThat(TaskAssignor.sticky().assign(this.group.instances("a").state()).owners()).isEmpty();
	}

	@Test
	void joinMovesOnlyToTheInstanceThatJoins() {
		this.group.instances("a", "b", "c").task("crawler", 16).task("ledger", 1).assign();
		Map<TaskId, Group.Move> moves = this.group.instances("aa").assign();
		assertThat(moves).hasSize(4);
		assertThat(moves.values()).extracting(Group.Move::to).containsOnly("aa");
		assertThat(this.group.counts()).containsExactly(4, 4, 4, 5);
	}

	@Test
	void joinOfTheSecondInstanceTakesHalfOfEachTask() {
		this.group.instances("a").task("four", 4).task("six", 6).task("eight", 8).assign();
		assertThat(this.group.instances("b").assign()).hasSize(9);
		assertThat(this.group.counts("four")).containsExactly(2, 2);
		assertThat(this.group.counts("six")).containsExactly(3, 3);
		assertThat(this.group.counts("eight")).containsExactly(4, 4);
	}

	@Test
	void joinTakesNothingWhenThereIsNothingToLevel() {
		this.group.instances("a", "b").task("invoices", 1).task("ledger", 1).assign();
		assertThat(this.group.instances("c").assign()).isEmpty();
	}

	@Test
	void leaveMovesOnlyWhatTheInstanceHad() {
		this.group.instances("a", "b", "c", "d").task("crawler", 16).assign();
		assertThat(this.group.leave("b").assign()).isEmpty();
		assertThat(this.group.counts()).containsExactly(5, 5, 6);
	}

	@Test
	void crashAndReturnMoveTheSharesOfOneInstance() {
		this.group.instances("a", "b", "c").task("crawler", 9).assign();
		assertThat(this.group.leave("a").assign()).isEmpty();
		Map<TaskId, Group.Move> moves = this.group.instances("a").assign();
		assertThat(moves).hasSize(3);
		assertThat(moves.values()).extracting(Group.Move::to).containsOnly("a");
	}

	@Test
	void newTaskGoesToThoseWithLeast() {
		this.group.instances("a", "b", "c").task("crawler", 4).assign();
		assertThat(this.group.task("digest", 2).assign()).isEmpty();
		assertThat(this.group.counts()).containsExactly(2, 2, 2);
	}

	@Test
	void taskWithFewerShardsOrNoneLeavesNothingBehind() {
		this.group.instances("a", "b").task("crawler", 8).task("digest", 4).assign();
		this.group.task("crawler", 2).tasks.remove("digest");
		this.group.assign();
		assertThat(this.group.owners).containsOnlyKeys(new TaskId("crawler", 0), new TaskId("crawler", 1));
		assertThat(this.group.counts()).containsExactly(1, 1);
	}

	@Test
	void doubleCapacityCarriesTwiceAsMuch() {
		this.group.instance("a", Map.of(), 2).instance("b", Map.of(), 1).task("crawler", 12).assign();
		assertThat(this.group.loads()).containsEntry("a", 8.0).containsEntry("b", 4.0);
	}

	@Test
	void heavyShardsBalanceManyLightOnes() {
		this.group.instances("a", "b").task("light", 8).task("heavy", 1, 6, "").assign();
		assertThat(this.group.ratios()).containsExactly(7.0, 7.0);
	}

	@Test
	void joinInAGroupOfUnequalWeightsMovesOnlyToTheInstanceThatJoins() {
		this.group.instances("a", "b", "c").task("light", 12).task("middle", 6, 2, "").task("heavy", 3, 4, "").assign();
		assertThat(this.group.ratios()).containsExactly(12.0, 12.0, 12.0);
		assertThat(this.group.instances("d").assign().values()).extracting(Group.Move::to).containsOnly("d");
		assertThat(this.group.ratios().get(0)).isLessThanOrEqualTo(10);
	}

	@Test
	void shardThatNobodyMayOwnIsLeftOut() {
		this.group.instances("a", "b").task("crawler", 2).task("elsewhere", 2, 1, "zone=us").assign();
		assertThat(this.group.owners).hasSize(2).doesNotContainKey(new TaskId("elsewhere", 0));
	}

	@Test
	void taskGoesOnlyToThoseThatKnowIt() {
		this.group.instances.put("new", new Instance("new", Map.of(), 1, Set.of("old", "added")));
		this.group.instances.put("old", new Instance("old", Map.of(), 1, Set.of("old")));
		this.group.task("old", 4).task("added", 2).assign();
		assertThat(this.group.counts()).containsExactly(3, 3);
		assertThat(this.group.owners).containsEntry(new TaskId("added", 0), "new")
			.containsEntry(new TaskId("added", 1), "new");
	}

	@Test
	void labelChangeMovesWhatTheInstanceMayNotOwnAnyMore() {
		this.group.instance("a", Map.of("zone", "eu"), 1).instance("b", Map.of("zone", "eu"), 1);
		this.group.task("crawler", 4, 1, "zone=eu").task("digest", 4).assign();
		this.group.instance("b", Map.of("zone", "us"), 1);
		this.group.assign();
		assertThat(this.group.counts()).containsExactly(4, 4);
		assertThat(this.group.counts("crawler")).containsExactly(0, 4);
	}

	@Test
	void constrainedTasksArePlacedAroundByChains() {
		// a may pass nothing to c itself: it passes x to b, and b passes y to c
		this.group.instance("a", Map.of("x", "1"), 1).instance("b", Map.of("x", "1", "y", "1"), 1);
		this.group.instance("c", Map.of("y", "1"), 1);
		this.group.task("x", 6, 1, "x=1").task("y", 3, 1, "y=1");
		for (int shard = 0; shard < 6; shard++) {
			this.group.owners.put(new TaskId("x", shard), "a");
		}
		for (int shard = 0; shard < 3; shard++) {
			this.group.owners.put(new TaskId("y", shard), "b");
		}
		assertThat(this.group.assign()).hasSize(6);
		assertThat(this.group.counts()).containsExactly(3, 3, 3);
	}

	@Test
	void instanceThatCanCarryNothingOwnsNothing() {
		this.group.instances("a").instance("none", Map.of(), 0).instance("nonsense", Map.of(), Double.NaN);
		this.group.task("crawler", 3).assign();
		assertThat(this.group.owners.values()).containsOnly("a");
	}

	@Test
	void ownersThatMakeNoSenseAreIgnored() {
		Map<TaskId, String> owners = new HashMap<>();
		owners.put(new TaskId("crawler", 0), "gone");
		owners.put(new TaskId("crawler", 7), "a");
		owners.put(new TaskId("forgotten", 0), "a");
		GroupState state = new GroupState(List.of(new Instance("a", Map.of(), 1, Set.of("crawler"))),
				List.of(TaskDefinition.of("crawler")), owners);
		assertThat(TaskAssignor.sticky().assign(state).owners()).isEqualTo(Map.of(new TaskId("crawler", 0), "a"));
	}

	@Test
	void nameIsThatOfTheProperty() {
		assertThat(TaskAssignor.sticky().name()).isEqualTo("sticky");
	}

}
