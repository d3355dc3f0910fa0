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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.distributedtask.Assignments;
import io.distributedtask.Assignments.AssignmentStatus;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.broker.EmbeddedBrokers;
import io.distributedtask.fixture.SharedBroker;
import io.distributedtask.internal.group.TestInstance.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Groups whose record is about as large as the broker can store: what is assigned must
 * always fit, and what fits must survive a restart of the coordinator.
 */
class GroupRecordIntegrationTests {

	private static final Duration SESSION = Duration.ofSeconds(20);

	private static final int MEBIBYTE = 1024 * 1024;

	/**
	 * The size of one shard's grant, whose task has a name that does not deflate well.
	 */
	private static final int BYTES_PER_TASK = 68;

	private EmbeddedBrokers brokers;

	@BeforeEach
	void startBroker() {
		this.brokers = SharedBroker.withShortSessions().start();
	}

	@AfterEach
	void stopBroker() {
		this.brokers.close();
	}

	@Test
	void aRecordCloseToTheLimitIsLoadedByTheNextCoordinator() {
		Settings settings = settings(MEBIBYTE / 10 * 4);
		try (TestGroup group = new TestGroup(this.brokers, settings)) {
			GroupProxy proxy = group.proxy();
			AtomicLong largest = largestAssignment(proxy);
			TestInstance a = group.instance("a", proxy).start();
			group.awaitRest("at first");
			assertThat(largest).as("with the claims of the next round most of what the broker can store")
				.hasValueGreaterThan(MEBIBYTE / 10 * 3)
				.hasValueLessThan(MEBIBYTE / 10 * 5);
			a.engine().rebalance("in order to claim it all");
			TestGroup.await().until(() -> a.rebalances() > 1);
			int generation = a.engine().membership().generation();
			this.brokers.stop(1);
			this.brokers.start(1);
			group.awaitRest("after the restart");
			assertThat(a.engine().membership().generation()).as("the group was not forgotten")
				.isGreaterThanOrEqualTo(generation);
			assertThat(a.calls()).as("nothing moved").hasSize(settings.tasks().size());
			group.instance("b").start();
			group.awaitRest("with another instance");
			assertThat(a.calls("lost")).isEmpty();
		}
	}

	@Test
	void whatWouldNotFitIsNotAssignedAndWhatWasAssignedBeforeRunsOn() {
		List<TaskDefinition> before = List.of(TestGroup.CRAWLER);
		Settings many = settings(MEBIBYTE / 20 * 11);
		Settings few = many.with(before);
		try (TestGroup group = new TestGroup(this.brokers, few)) {
			GroupProxy proxy = group.proxy();
			AtomicLong largest = largestAssignment(proxy);
			TestInstance a = group.instance("a", proxy).start();
			group.awaitRest("at first");
			Settings withBefore = many.with(IntStream.range(0, many.tasks().size() + 1)
				.mapToObj((i) -> (i == 0) ? TestGroup.CRAWLER : many.tasks().get(i - 1))
				.toList());
			TestInstance b = group.instance("b", withBefore, proxy.address()).start();
			TestGroup.await().until(() -> b.engine().membership().needsRemedy());
			assertThat(b.engine().membership().problem()).contains("record");
			assertThat(a.calls("lost")).isEmpty();
			Set<TaskId> running = a.running();
			running.addAll(b.running());
			assertThat(running).isEqualTo(group.allShards());
			assertThat(largest).as("nothing was sent that does not fit").hasValueLessThan(MEBIBYTE / 10 * 9);
			group.stop(b);
			group.awaitRest("without it");
			assertThat(a.calls("lost")).isEmpty();
		}
	}

	@Test
	void aGroupThatStartsWithTooManyTasksComesToRestAndSaysWhy() {
		Settings settings = settings(MEBIBYTE * 2);
		try (TestGroup group = new TestGroup(this.brokers, settings)) {
			TestInstance a = group.instance("a").start();
			TestGroup.await().until(() -> a.engine().membership().needsRemedy());
			TestGroup.await().until(() -> a.rebalances() > 0);
			assertThat(a.engine().membership().problem()).contains("record").contains("are safe");
			Assignments view = a.engine().assignments();
			assertThat(view.group().state()).isEqualTo(Assignments.GroupStatus.STABLE);
			assertThat(view.tasks()).hasSameSizeAs(settings.tasks())
				.allSatisfy((task) -> assertThat(task.assignments())
					.allSatisfy((shard) -> assertThat(shard.state()).isEqualTo(AssignmentStatus.UNASSIGNED)));
		}
	}

	@Test
	void fortyInstancesEachWithTasksOfItsOwnComeToRest() {
		List<TaskDefinition> tasks = IntStream.range(0, 40 * 30)
			.mapToObj((i) -> TaskDefinition.of("tenant-%d-with-quite-a-long-name-%d".formatted(i / 30, i)))
			.toList();
		Settings all = new Settings("forty", tasks, TaskAssignor.sticky(), Duration.ofMillis(500), SESSION, SESSION);
		try (TestGroup group = new TestGroup(this.brokers, all)) {
			List<TestInstance> instances = new ArrayList<>();
			for (int i = 0; i < 40; i++) {
				instances.add(group.instance("i" + i, all.with(all.tasks().subList(30 * i, 30 * i + 30)),
						this.brokers.bootstrapServers()));
			}
			instances.forEach(TestInstance::start);
			group.awaitRest("at first");
			TestInstance first = instances.get(0);
			for (int i = 0; i < 5; i++) {
				int before = first.engine().membership().generation();
				instances.get(i * 7).engine().rebalance("to see whether tasks are asked for once more");
				TestGroup.await().until(() -> first.engine().membership().generation() > before);
				group.awaitRest("asked for");
				assertThat(first.engine().membership().generation()).as("tasks are known for good")
					.isLessThan(before + 3);
			}
			assertThat(instances).allSatisfy((instance) -> assertThat(instance.calls("lost")).isEmpty());
		}
	}

	private static AtomicLong largestAssignment(GroupProxy proxy) {
		AtomicLong largest = new AtomicLong();
		proxy.rewrite((bytes) -> {
			if (bytes.length > 0 && bytes[0] == 'A') {
				largest.accumulateAndGet(bytes.length, Math::max);
			}
			return bytes;
		});
		return largest;
	}

	private static Settings settings(int bytes) {
		Random random = new Random(4711);
		List<TaskDefinition> tasks = IntStream.range(0, bytes / BYTES_PER_TASK)
			.mapToObj((i) -> TaskDefinition.of(random.ints(100, 0, 36)
				.mapToObj((digit) -> Character.toString(Character.forDigit(digit, 36)))
				.collect(Collectors.joining())))
			.toList();
		return Settings.of("group-" + System.nanoTime(), SESSION, tasks.toArray(TaskDefinition[]::new));
	}

}
