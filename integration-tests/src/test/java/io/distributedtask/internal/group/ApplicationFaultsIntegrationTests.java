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
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import io.distributedtask.Assignments;
import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.DistributedTask;
import io.distributedtask.DistributedTasks;
import io.distributedtask.MissedRun;
import io.distributedtask.OwnershipListener;
import io.distributedtask.OwnershipLostException;
import io.distributedtask.TaskContext;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskWork;
import io.distributedtask.broker.EmbeddedBrokers;
import io.distributedtask.fixture.Instances;
import io.distributedtask.fixture.SharedBroker;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What an application's code notices of a broker that goes away, of a cut, of an eviction
 * and of an end in order.
 */
class ApplicationFaultsIntegrationTests {

	private static final Duration SESSION = Duration.ofSeconds(2);

	private final Instances instances = new Instances(Application.class)
		.with("distributed-task.session-timeout=" + SESSION.toMillis() + "ms", "distributed-task.rebalance-timeout=3s");

	@AfterEach
	void stopInstances() {
		this.instances.all().forEach((instance) -> elected(instance).mayReturn.countDown());
		this.instances.close();
	}

	@Test
	void whatFellIntoAnOutageOfTheCoordinatorIsMadeGoodByOneRunAtMost() {
		try (EmbeddedBrokers own = SharedBroker.withShortSessions().start()) {
			ConfigurableApplicationContext a = start("a", own.bootstrapServers());
			ConfigurableApplicationContext b = start("b", own.bootstrapServers());
			TestGroup.await().until(() -> runs("cron").size() > 1 && runs("rate").size() > 1);
			List<Instant> once = List.of(Instant.now().plusSeconds(3), Instant.now().plusSeconds(4));
			once.forEach((instant) -> registerOnce(instant, a, b));
			TestGroup.await().until(() -> once.stream().allMatch((instant) -> runs(once(instant)).size() == 1));
			// one falls due while there is a lease yet, and one when there is none
			List<Instant> later = List.of(Instant.now().plusSeconds(3), Instant.now().plusSeconds(6));
			later.forEach((instant) -> registerOnce(instant, a, b));
			TestGroup.await()
				.until(() -> later.stream()
					.allMatch((instant) -> isOwner(a, once(instant)) || isOwner(b, once(instant))));
			own.stop(1);
			TestGroup.await()
				.until(() -> status(a) == GroupStatus.DISCONNECTED && status(b) == GroupStatus.DISCONNECTED);
			Instant lost = Instant.now();
			// more than a hundred periods of one schedule, and some of the other
			TestGroup.await().until(() -> Instant.now().isAfter(lost.plusSeconds(4)));
			List<Run> before = List.copyOf(runs("cron"));
			assertThat(before).as("while there is no lease").noneMatch((run) -> run.start().isAfter(lost));
			assertThat(runs("rate")).noneMatch((run) -> run.start().isAfter(lost.plusMillis(500)));
			own.start(1);
			Instant back = Instant.now();
			for (String task : List.of("cron", "rate")) {
				TestGroup.await()
					.until(() -> runs(task).stream().filter((run) -> run.scheduled().isAfter(back)).count() > 2);
				assertThat(runs(task).stream()
					.filter((run) -> run.start().isAfter(lost.plusMillis(500)) && run.scheduled().isBefore(back))
					.toList()).as("runs of %s for what was missed", task).hasSizeLessThanOrEqualTo(1);
				assertThat(runs(task)).extracting(Run::scheduled).as("instants of %s", task).doesNotHaveDuplicates();
			}
			for (Instant instant : Stream.concat(once.stream(), later.stream()).toList()) {
				TestGroup.await().untilAsserted(() -> assertThat(runs(once(instant))).hasSize(1));
			}
			stop(b);
			whatHasRunIsNotRunAgainByOneThatIsAlone(own, a);
			stop(a);
		}
	}

	private void whatHasRunIsNotRunAgainByOneThatIsAlone(EmbeddedBrokers own, ConfigurableApplicationContext alone) {
		Instant instant = Instant.now().plusSeconds(3);
		registerOnce(instant, alone);
		TestGroup.await().until(() -> runs(once(instant)).size() == 1);
		int before = runs("cron").size();
		TestGroup.await().until(() -> runs("cron").size() > before + 3);
		own.stop(1);
		TestGroup.await().until(() -> status(alone) == GroupStatus.DISCONNECTED);
		own.start(1);
		// shards are started one after the other
		TestGroup.await().until(() -> isOwner(alone, once(instant)));
		Instant owned = Instant.now();
		TestGroup.await().until(() -> runs("cron").stream().anyMatch((run) -> run.scheduled().isAfter(owned)));
		assertThat(runs(once(instant))).hasSize(1);
	}

	private static void registerOnce(Instant instant, ConfigurableApplicationContext... instances) {
		String cron = DateTimeFormatter.ofPattern("s m H d M '*'").withZone(ZoneId.systemDefault()).format(instant);
		for (ConfigurableApplicationContext instance : instances) {
			Jobs jobs = instance.getBean(Jobs.class);
			tasks(instance).register(TaskDefinition.of(once(instant)), TaskWork.cron(cron, jobs::note));
		}
	}

	private static String once(Instant instant) {
		return "once-" + instant.getEpochSecond();
	}

	@Test
	void whatWasMissedWhileAnInstanceWasAwayIsOneRunOrNone() {
		String[] delay = { "distributed-task.rebalance-delay=5m", "distributed-task.session-timeout=10s",
				"distributed-task.rebalance-timeout=20s" };
		ConfigurableApplicationContext a = start("a", SharedBroker.servers(), delay);
		ConfigurableApplicationContext b = start("b", SharedBroker.servers(), delay);
		// what is on its way to the other one when its owner stops is not kept for the
		// owner
		TestGroup.await()
			.until(() -> tasks(a).membership().owned() == tasks(b).membership().owned() && Stream.of("cron", "skipped")
				.allMatch((task) -> Stream.of(a, b)
					.anyMatch((instance) -> isOwner(instance, task) && runsOf(instance, task).size() > 2)));
		for (String task : List.of("cron", "skipped")) {
			ConfigurableApplicationContext owner = this.instances.all()
				.stream()
				.filter((instance) -> isOwner(instance, task))
				.findFirst()
				.orElseThrow();
			String name = owner.getEnvironment().getRequiredProperty("distributed-task.instance-name");
			stop(owner);
			Instant gone = Instant.now();
			TestGroup.await().until(() -> Instant.now().isAfter(gone.plusSeconds(4)));
			Instant back = Instant.now();
			ConfigurableApplicationContext again = start(name, SharedBroker.servers(), delay);
			TestGroup.await()
				.until(() -> runsOf(again, task).stream().filter((run) -> run.scheduled().isAfter(back)).count() > 1);
			List<Run> runs = runsOf(again, task);
			Instant first = runs.get(0).start();
			assertThat(runs.stream().filter((run) -> run.scheduled().isBefore(first)))
				.as("runs of %s for instants before the first of them began", task)
				.hasSize(1);
			assertThat(runs.get(0).scheduled()).as("the first instant of %s", task).isAfter(back.minusSeconds(1));
		}
	}

	@Test
	void anIdleOwnerThatRestartsOrCrashesCausesNoRun() {
		try (GroupProxy proxy = new GroupProxy(SharedBroker.servers())) {
			ConfigurableApplicationContext a = start("a", SharedBroker.servers());
			TestGroup.await().until(() -> isOwner(a, "idle"));
			ConfigurableApplicationContext b = start("b", proxy.address());
			stop(a);
			TestGroup.await().until(() -> isOwner(b, "idle"));
			ConfigurableApplicationContext c = start("c", SharedBroker.servers());
			proxy.cut();
			TestGroup.await().until(() -> isOwner(c, "idle"));
			int rates = runsOf(c, "rate").size();
			TestGroup.await().until(() -> runsOf(c, "rate").size() > rates + 10);
			assertThat(runs("idle")).isEmpty();
			proxy.heal();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "onetime", "hourly", "delayed" })
	void whatHasRunOnAnOwnerThatCrashesIsNotRunAgain(String task) {
		try (GroupProxy first = new GroupProxy(SharedBroker.servers());
				GroupProxy second = new GroupProxy(SharedBroker.servers())) {
			ConfigurableApplicationContext a = start("a", first.address());
			ConfigurableApplicationContext b = start("b", second.address());
			TestGroup.await()
				.until(() -> tasks(a).membership().owned() == tasks(b).membership().owned() && runs(task).size() == 1);
			boolean isOnFirst = isOwner(a, task);
			ConfigurableApplicationContext owner = isOnFirst ? a : b;
			ConfigurableApplicationContext other = isOnFirst ? b : a;
			Instant since = Instant.now();
			TestGroup.await().until(() -> heardAfter(owner, since.plus(SESSION.multipliedBy(3))));
			(isOnFirst ? first : second).cut();
			TestGroup.await().until(() -> isOwner(other, task));
			int rates = runsOf(other, "rate").size();
			TestGroup.await().until(() -> runsOf(other, "rate").size() > rates + 100);
			assertThat(runs(task)).hasSize(1);
			first.heal();
			second.heal();
		}
	}

	@Test
	void aListenerIsToldOfTheEndExactlyOnceOnEveryWayOut() {
		try (GroupProxy proxy = new GroupProxy(SharedBroker.servers())) {
			ConfigurableApplicationContext a = start("a", proxy.address());
			Elected elected = elected(a);
			awaitTold(elected, "assigned");
			proxy.cut();
			awaitTold(elected, "assigned", "lost");
			proxy.heal();
			awaitTold(elected, "assigned", "lost", "assigned");
			evict(a);
			awaitTold(elected, "assigned", "lost", "assigned", "lost", "assigned");
			stop(a);
			assertThat(elected.told).containsExactly("assigned", "lost", "assigned", "lost", "assigned", "revoked");
		}
	}

	@Test
	void theNextOwnerIsToldOnlyAfterTheFormerHasReturned() {
		// or the end of the shutdown phase interrupts what is to be waited for
		ConfigurableApplicationContext a = start("a", SharedBroker.servers(),
				"--spring.lifecycle.timeout-per-shutdown-phase=10m", "--distributed-task.revoke-timeout=10m");
		Elected former = elected(a);
		awaitTold(former, "assigned");
		// before b joins, for that may move the task already
		former.blocking = true;
		ConfigurableApplicationContext b = start("b", SharedBroker.servers());
		Elected next = elected(b);
		TestGroup.await().until(() -> tasks(b).assignments().instances().size() == 2);
		CompletableFuture<Void> stop = CompletableFuture.runAsync(() -> stop(a));
		awaitTold(former, "assigned", "revoked");
		Instant since = Instant.now();
		TestGroup.await().until(() -> heardAfter(b, since.plus(SESSION.multipliedBy(2))));
		assertThat(next.told).as("while the former owner has not returned").isEmpty();
		assertThat(stop).isNotDone();
		former.mayReturn.countDown();
		awaitTold(next, "assigned");
		stop.join();
		assertThat(former.told).containsExactly("assigned", "revoked");
	}

	@Test
	void aListenerThatBlocksForTwoSessionsEndsNoMembership() {
		ConfigurableApplicationContext a = start("a", SharedBroker.servers(), "--test.block=true");
		Elected elected = elected(a);
		awaitTold(elected, "assigned");
		Instant since = Instant.now();
		TestGroup.await().until(() -> heardAfter(a, since.plus(SESSION.multipliedBy(2))));
		assertThat(elected.told).containsExactly("assigned");
		assertThat(isOwner(a, "elected")).isTrue();
		elected.mayReturn.countDown();
	}

	@Test
	void aWriteOfAnOwnerThatWasCutOffInTheMiddleIsRefused() {
		try (GroupProxy proxy = new GroupProxy(SharedBroker.servers())) {
			ConfigurableApplicationContext a = start("a", proxy.address());
			awaitTold(elected(a), "assigned");
			FencedStore store = new FencedStore();
			TaskContext inTheMiddle = elected(a).context;
			assertThat(store.write(inTheMiddle.fencingToken())).isTrue();
			ConfigurableApplicationContext b = start("b", SharedBroker.servers());
			proxy.stall(true, true);
			awaitTold(elected(b), "assigned");
			assertThat(store.write(elected(b).context.fencingToken())).isTrue();
			assertThat(store.write(inTheMiddle.fencingToken())).as("the former owner's write").isFalse();
			assertThat(inTheMiddle.isOwned()).isFalse();
			assertThatExceptionOfType(OwnershipLostException.class).isThrownBy(inTheMiddle::ensureOwned);
			proxy.heal();
			TestGroup.await().until(() -> status(a) == GroupStatus.STABLE);
			assertThat(inTheMiddle.isOwned()).as("for good").isFalse();
		}
	}

	private ConfigurableApplicationContext start(String name, String servers, String... more) {
		return this.instances.startAt(servers, name, more);
	}

	private void stop(ConfigurableApplicationContext instance) {
		this.instances.stop(instance);
	}

	private void evict(ConfigurableApplicationContext instance) {
		String memberId = tasks(instance).assignments()
			.instances()
			.stream()
			.filter(Assignments.Instance::self)
			.map(Assignments.Instance::memberId)
			.findFirst()
			.orElseThrow();
		RawRequest.send(SharedBroker.servers(), new LeaveGroupRequest.Builder(this.instances.groupId(),
				List.of(new MemberIdentity().setMemberId(memberId)))
			.build());
	}

	private static void awaitTold(Elected elected, String... told) {
		TestGroup.await().untilAsserted(() -> assertThat(elected.told).containsExactly(told));
	}

	private List<Run> runs(String task) {
		return this.instances.all().stream().flatMap((instance) -> runsOf(instance, task).stream()).toList();
	}

	private static List<Run> runsOf(ConfigurableApplicationContext instance, String task) {
		return instance.getBean(Jobs.class).runs.stream().filter((run) -> run.task().equals(task)).toList();
	}

	private static DistributedTasks tasks(ConfigurableApplicationContext instance) {
		return instance.getBean(DistributedTasks.class);
	}

	private static boolean isOwner(ConfigurableApplicationContext instance, String task) {
		return tasks(instance).isOwner(task);
	}

	private static GroupStatus status(ConfigurableApplicationContext instance) {
		return tasks(instance).membership().state();
	}

	private static boolean heardAfter(ConfigurableApplicationContext instance, Instant instant) {
		Instant lastContact = tasks(instance).membership().lastContact();
		return lastContact != null && lastContact.isAfter(instant);
	}

	private static Elected elected(ConfigurableApplicationContext instance) {
		return instance.getBean(Elected.class);
	}

	/**
	 * A run of a schedule.
	 */
	record Run(String task, Instant start, Instant scheduled) {
	}

	/**
	 * A store that compares tokens, as the documentation tells its users to.
	 */
	private static final class FencedStore {

		private long highest;

		boolean write(long token) {
			if (token < this.highest) {
				return false;
			}
			this.highest = token;
			return true;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableScheduling
	static class Application {

		@Bean
		Jobs jobs() {
			return new Jobs();
		}

		@Bean
		@DistributedTask("elected")
		Elected elected(Environment environment) {
			Elected elected = new Elected();
			elected.blocking = environment.getProperty("test.block", Boolean.class, false);
			return elected;
		}

	}

	/**
	 * Schedules.
	 */
	static class Jobs {

		private final Queue<Run> runs = new ConcurrentLinkedQueue<>();

		@DistributedTask("cron")
		@Scheduled(cron = "* * * * * *")
		void cron(TaskContext task) {
			note(task);
		}

		@DistributedTask(name = "skipped", onMissedRun = MissedRun.SKIP)
		@Scheduled(cron = "* * * * * *")
		void skipped(TaskContext task) {
			note(task);
		}

		@DistributedTask("rate")
		@Scheduled(fixedRate = 20)
		void rate(TaskContext task) {
			note(task);
		}

		@DistributedTask("onetime")
		@Scheduled(initialDelay = 200)
		void onetime(TaskContext task) {
			note(task);
		}

		@DistributedTask("hourly")
		@Scheduled(fixedRate = 3_600_000)
		void hourly(TaskContext task) {
			note(task);
		}

		@DistributedTask("delayed")
		@Scheduled(fixedDelay = 3_600_000)
		void delayed(TaskContext task) {
			note(task);
		}

		@DistributedTask("idle")
		@Scheduled(cron = "0 0 3 29 2 *")
		void idle(TaskContext task) {
			note(task);
		}

		private void note(TaskContext task) {
			this.runs.add(new Run(task.name(), Instant.now(), task.scheduledTime()));
		}

	}

	/**
	 * Writes down what it is told, and returns when it may.
	 */
	static class Elected implements OwnershipListener {

		private final Queue<String> told = new ConcurrentLinkedQueue<>();

		private final CountDownLatch mayReturn = new CountDownLatch(1);

		private volatile boolean blocking;

		private volatile TaskContext context;

		@Override
		public void onAssigned(TaskContext task) throws Exception {
			this.context = task;
			tell("assigned");
		}

		@Override
		public void onRevoked(TaskContext task) throws Exception {
			tell("revoked");
		}

		@Override
		public void onLost(TaskContext task) throws Exception {
			tell("lost");
		}

		private void tell(String what) throws Exception {
			this.told.add(what);
			if (this.blocking) {
				this.mayReturn.await();
			}
		}

	}

}
