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

package io.distributedtask;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.distributedtask.Assignments.Assignment;
import io.distributedtask.Assignments.AssignmentStatus;
import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.Assignments.Source;
import io.distributedtask.assignment.GroupState;
import io.distributedtask.assignment.TaskAssignment;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.autoconfigure.DistributedTaskAutoConfiguration;
import io.distributedtask.broker.EmbeddedBrokers;
import io.distributedtask.event.TaskAssignedEvent;
import io.distributedtask.event.TaskLostEvent;
import io.distributedtask.event.TaskRevokedEvent;
import io.distributedtask.fixture.Instances;
import io.distributedtask.fixture.SharedBroker;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Integration tests of {@link DistributedTaskAutoConfiguration}: several instances of an
 * application in this process, and real brokers.
 */
@Tag("jdk")
class DistributedTaskIntegrationTests {

	private static final int SHARDS = 16;

	private static final Map<TaskId, AtomicInteger> runningNow = new ConcurrentHashMap<>();

	private static final Queue<TaskId> overlaps = new ConcurrentLinkedQueue<>();

	private final Instances instances = new Instances(Application.class);

	@AfterEach
	void stopInstances() {
		this.instances.close();
		assertThat(overlaps).as("shards that ran twice at a time").isEmpty();
	}

	@Test
	void everyShardRunsOnOneInstanceAndAllInstancesSeeTheSame() {
		start("a");
		start("b");
		start("c");
		awaitSpread(5, 5, 6);
		List<Assignments> views = this.instances.all()
			.stream()
			.map((instance) -> tasks(instance).assignments())
			.toList();
		assertThat(views).allSatisfy((view) -> {
			assertThat(view.source()).isEqualTo(Source.COORDINATOR);
			assertThat(view.group().state()).isEqualTo(GroupStatus.STABLE);
			assertThat(owners(view)).isEqualTo(owners(views.get(0)));
			assertThat(view.instances()).extracting(Assignments.Instance::name).containsExactly("a", "b", "c");
			assertThat(view.instances()).filteredOn(Assignments.Instance::leader).hasSize(1);
		});
		assertThat(this.instances.all()).allSatisfy(
				(instance) -> assertThat(worker(instance).shards()).isEqualTo(ownedShards(instance, "crawler")));
	}

	@Test
	void nothingStopsThatDoesNotMove() {
		ConfigurableApplicationContext a = start("a");
		ConfigurableApplicationContext b = start("b");
		awaitSpread(8, 8);
		Set<Integer> beforeA = ownedShards(a, "crawler");
		Set<Integer> beforeB = ownedShards(b, "crawler");
		int starts = worker(a).starts.size();
		ConfigurableApplicationContext c = start("c");
		awaitSpread(5, 5, 6);
		assertThat(beforeA).containsAll(ownedShards(a, "crawler"));
		assertThat(beforeB).containsAll(ownedShards(b, "crawler"));
		Set<Integer> kept = new TreeSet<>(ownedShards(a, "crawler"));
		assertThat(worker(a).starts).as("no shard that stayed was started again").hasSize(starts);
		stop(c);
		awaitSpread(8, 8);
		assertThat(ownedShards(a, "crawler")).containsAll(kept);
		assertThat(worker(a).revoked).as("since all of them were its own").doesNotContainAnyElementsOf(kept);
		assertThat(worker(a).lost).isEmpty();
		assertThat(worker(b).lost).isEmpty();
	}

	@Test
	void tokensGrowWithEveryOwner() {
		ConfigurableApplicationContext a = start("a");
		awaitSpread(SHARDS);
		long first = worker(a).tokens.get(0);
		ConfigurableApplicationContext b = start("b");
		awaitSpread(8, 8);
		stop(a);
		awaitSpread(SHARDS);
		assertThat(worker(b).tokens.get(0)).isGreaterThan(first);
	}

	@Test
	void aTaskIsGivenOnlyToInstancesThatKnowItAndHaveItsLabels() {
		ConfigurableApplicationContext a = start("a", "--distributed-task.tasks.crawler.enabled=false");
		ConfigurableApplicationContext b = start("b");
		await().until(() -> ownedShards(b, "crawler").size() == SHARDS);
		assertThat(ownedShards(a, "crawler")).isEmpty();
		assertThat(tasks(a).assignments().tasks()).extracting(Assignments.Task::name).contains("crawler");
		ConfigurableApplicationContext c = start("c", "--distributed-task.tasks.leader.requires=zone=us");
		await().until(() -> ownedShards(c, "crawler").size() == 8);
	}

	@Test
	void aTaskWithoutAFittingInstanceSaysWhy() {
		ConfigurableApplicationContext a = start("a", "--distributed-task.tasks.crawler.requires=zone=us");
		await().until(() -> tasks(a).isOwner("leader"));
		Assignments view = tasks(a).assignments();
		assertThat(view.tasks()).filteredOn((task) -> task.name().equals("crawler"))
			.singleElement()
			.satisfies((task) -> assertThat(task.assignments()).allSatisfy((assignment) -> {
				assertThat(assignment.state()).isEqualTo(AssignmentStatus.UNASSIGNED);
				assertThat(assignment.reason()).isEqualTo("no instance has label zone=us");
			}));
		ConfigurableApplicationContext b = start("b", "--distributed-task.labels.zone=us",
				"--distributed-task.tasks.crawler.requires=zone=us");
		await().until(() -> ownedShards(b, "crawler").size() == SHARDS);
	}

	@Test
	void theAssignorCanBeChangedByARollingRestart() {
		ConfigurableApplicationContext a = start("a");
		ConfigurableApplicationContext b = start("b");
		awaitSpread(8, 8);
		ConfigurableApplicationContext newA = restart(a, "a", "--distributed-task.assignors=all-to-first,sticky");
		awaitSpread(8, 8);
		assertThat(tasks(newA).assignments().group().assignor()).isEqualTo("sticky");
		restart(b, "b", "--distributed-task.assignors=all-to-first,sticky");
		await().untilAsserted(() -> {
			assertThat(tasks(newA).assignments().group().assignor()).isEqualTo("all-to-first");
			assertThat(tasks(newA).assignments().instances()).hasSize(2);
			assertThat(ownedShards(newA, "crawler")).hasSize(SHARDS);
		});
	}

	@Test
	void aScheduledTaskFiresOnItsOwnerOnly() {
		start("a");
		start("b");
		await().until(() -> this.instances.all().stream().anyMatch((instance) -> worker(instance).ticks.get() > 3));
		assertThat(this.instances.all()).filteredOn((instance) -> worker(instance).ticks.get() > 0).hasSize(1);
	}

	@Test
	void ownershipGoesOnWhenTheBrokerIsRestarted() {
		try (EmbeddedBrokers own = SharedBroker.withShortSessions().start()) {
			ConfigurableApplicationContext a = this.instances.startAt(own.bootstrapServers(), "a");
			ConfigurableApplicationContext b = this.instances.startAt(own.bootstrapServers(), "b");
			awaitSpread(8, 8);
			own.stop(1);
			own.start(1);
			await().until(() -> tasks(a).assignments().source() == Source.COORDINATOR
					&& tasks(a).membership().state() == GroupStatus.STABLE
					&& tasks(b).membership().state() == GroupStatus.STABLE);
			awaitSpread(8, 8);
			stop(a);
			stop(b);
		}
	}

	@Test
	void ownershipGoesOnWhenTheCoordinatorOfThreeBrokersIsStopped() {
		try (EmbeddedBrokers three = SharedBroker.withShortSessions().brokers(3).start()) {
			ConfigurableApplicationContext a = this.instances.startAt(three.bootstrapServers(), "a");
			ConfigurableApplicationContext b = this.instances.startAt(three.bootstrapServers(), "b");
			awaitSpread(8, 8);
			Map<TaskId, String> before = owners(tasks(a).assignments());
			int starts = worker(a).starts.size() + worker(b).starts.size();
			three.stop(three.coordinatorOf(this.instances.groupId()).orElseThrow());
			await().until(() -> tasks(a).assignments().source() == Source.COORDINATOR);
			await().until(() -> tasks(b).membership().state() == GroupStatus.STABLE);
			assertThat(owners(tasks(b).assignments())).isEqualTo(before);
			assertThat(worker(a).starts.size() + worker(b).starts.size()).as("nothing was started again")
				.isEqualTo(starts);
			stop(a);
			await().until(() -> ownedShards(b, "crawler").size() == SHARDS);
			stop(b);
		}
	}

	@Test
	@Tag("kafka")
	void allContainersOfAListenerRunOnItsOwnerOnly() {
		ConfigurableApplicationContext a = startListeners("a");
		ConfigurableApplicationContext b = startListeners("b");
		// of the two tasks one goes from a to b
		await().until(() -> tasks(a).membership().owned() == 1 && tasks(b).membership().owned() == 1);
		ConfigurableApplicationContext owner = tasks(a).isOwner(ListenerApplication.ORDERS) ? a : b;
		ConfigurableApplicationContext other = (owner == a) ? b : a;
		send(owner, ListenerApplication.ORDERS, "one");
		await().until(() -> orders(owner).dead.contains("one"));
		assertThat(orders(owner).attempts).containsExactly("one", "one");
		assertThat(orders(owner).runningContainers("listeners-orders")).isEqualTo(3);
		assertThat(orders(other).runningContainers("listeners-orders")).isZero();
		stop(owner);
		send(other, ListenerApplication.ORDERS, "two");
		await().until(() -> orders(other).dead.contains("two"));
		assertThat(orders(other).attempts).containsExactly("two", "two");
		assertThat(orders(other).runningContainers("listeners-orders")).isEqualTo(3);
	}

	@Test
	void containerThatItsErrorHandlerStopsIsAFailureAndStartedAgain() {
		ConfigurableApplicationContext a = startListeners("a");
		await().until(() -> orders(a).runningContainers("listeners-payments") == 1);
		send(a, ListenerApplication.PAYMENTS, "ten");
		await().until(() -> orders(a).payments.size() == 2);
		await().untilAsserted(() -> {
			Assignments.Execution execution = execution(a, ListenerApplication.PAYMENTS);
			assertThat(execution.status()).isEqualTo(Assignments.ExecutionStatus.RUNNING);
			assertThat(execution.failures()).isEqualTo(1);
			assertThat(execution.lastError()).contains("listener container 'listeners-payments'");
		});
		assertThat(orders(a).runningContainers("listeners-payments")).isEqualTo(1);
		assertThat(orders(a).payments).containsOnly("ten");
	}

	private ConfigurableApplicationContext startListeners(String name) {
		return this.instances.start(ListenerApplication.class, name, "--spring.application.name=listeners",
				"--spring.kafka.consumer.auto-offset-reset=earliest");
	}

	private static ListenerApplication.Orders orders(ConfigurableApplicationContext instance) {
		return instance.getBean(ListenerApplication.Orders.class);
	}

	@SuppressWarnings("unchecked")
	private static void send(ConfigurableApplicationContext instance, String topic, String value) {
		KafkaTemplate<Object, Object> template = instance.getBean(KafkaTemplate.class);
		template.send(topic, value).join();
	}

	private static Assignments.Execution execution(ConfigurableApplicationContext instance, String task) {
		return tasks(instance).assignments()
			.tasks()
			.stream()
			.filter((candidate) -> candidate.name().equals(task))
			.findFirst()
			.orElseThrow()
			.assignments()
			.get(0)
			.execution();
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(60));
	}

	private ConfigurableApplicationContext start(String name, String... arguments) {
		return this.instances.start(name, arguments);
	}

	private void stop(ConfigurableApplicationContext instance) {
		this.instances.stop(instance);
	}

	private ConfigurableApplicationContext restart(ConfigurableApplicationContext instance, String name,
			String... arguments) {
		stop(instance);
		return start(name, arguments);
	}

	private void awaitSpread(Integer... counts) {
		await().untilAsserted(() -> {
			assertThat(
					this.instances.all().stream().map((instance) -> ownedShards(instance, "crawler").size()).sorted())
				.containsExactly(counts);
			assertThat(this.instances.all()).allSatisfy(
					(instance) -> assertThat(tasks(instance).membership().state()).isEqualTo(GroupStatus.STABLE));
			assertThat(this.instances.all()).allSatisfy(
					(instance) -> assertThat(worker(instance).shards()).isEqualTo(ownedShards(instance, "crawler")));
		});
	}

	private static DistributedTasks tasks(ConfigurableApplicationContext instance) {
		return instance.getBean(DistributedTasks.class);
	}

	private static Worker worker(ConfigurableApplicationContext instance) {
		return instance.getBean(Worker.class);
	}

	private static Set<Integer> ownedShards(ConfigurableApplicationContext instance, String task) {
		return IntStream.range(0, SHARDS)
			.filter((shard) -> tasks(instance).isOwner(task, shard))
			.boxed()
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static Map<TaskId, String> owners(Assignments view) {
		Map<TaskId, String> owners = new ConcurrentHashMap<>();
		for (Assignments.Task task : view.tasks()) {
			for (Assignment assignment : task.assignments()) {
				owners.put(new TaskId(task.name(), assignment.shard()), String.valueOf(assignment.owner()));
			}
		}
		return owners;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableScheduling
	static class Application {

		@Bean
		Worker worker() {
			return new Worker();
		}

		@Bean
		@DistributedTask("leader")
		Leader leader() {
			return new Leader();
		}

		@Bean
		TaskAssignor allToFirst() {
			return new TaskAssignor() {

				@Override
				public String name() {
					return "all-to-first";
				}

				@Override
				public TaskAssignment assign(GroupState group) {
					Map<TaskId, String> owners = new ConcurrentHashMap<>();
					group.tasks()
						.forEach((task) -> IntStream.range(0, task.shards())
							.forEach((shard) -> group.instances()
								.stream()
								.filter((instance) -> instance.canOwn(task))
								.findFirst()
								.ifPresent((instance) -> owners.put(new TaskId(task.name(), shard), instance.name()))));
					return new TaskAssignment(owners);
				}

			};
		}

	}

	/**
	 * Elected.
	 */
	static class Leader implements OwnershipListener {

		@Override
		public void onAssigned(TaskContext task) {
			// being the leader is all there is to do
		}

		@Override
		public void onRevoked(TaskContext task) {
			// nothing to undo
		}

	}

	/**
	 * Counts, and finds two that run one shard at a time.
	 */
	static class Worker {

		private final Set<Integer> running = ConcurrentHashMap.newKeySet();

		private final Queue<Integer> starts = new ConcurrentLinkedQueue<>();

		private final Map<Integer, Long> tokens = new ConcurrentHashMap<>();

		private final Set<Integer> revoked = ConcurrentHashMap.newKeySet();

		private final Set<Integer> lost = ConcurrentHashMap.newKeySet();

		private final AtomicInteger ticks = new AtomicInteger();

		@DistributedTask(name = "crawler", shards = SHARDS)
		void crawl(TaskContext task) throws InterruptedException {
			TaskId id = new TaskId(System.identityHashCode(getClass()) + task.name(), task.shard());
			this.starts.add(task.shard());
			this.tokens.put(task.shard(), task.fencingToken());
			this.running.add(task.shard());
			AtomicInteger now = runningNow.computeIfAbsent(id, (key) -> new AtomicInteger());
			if (now.incrementAndGet() > 1) {
				overlaps.add(id);
			}
			try {
				while (task.isOwned()) {
					Thread.sleep(5);
				}
			}
			finally {
				now.decrementAndGet();
				this.running.remove(task.shard());
			}
		}

		@DistributedTask("tick")
		@Scheduled(fixedRate = 50)
		void tick() {
			this.ticks.incrementAndGet();
		}

		@EventListener
		void on(TaskRevokedEvent event) {
			if (event.task().name().equals("crawler")) {
				this.revoked.add(event.task().shard());
			}
		}

		@EventListener
		void on(TaskLostEvent event) {
			if (event.task().name().equals("crawler")) {
				this.lost.add(event.task().shard());
			}
		}

		@EventListener
		void on(TaskAssignedEvent event) {
			assertThat(event.fencingToken()).isPositive();
		}

		Set<Integer> shards() {
			return new TreeSet<>(this.running);
		}

	}

}
