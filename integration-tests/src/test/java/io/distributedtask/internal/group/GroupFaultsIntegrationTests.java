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
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.Assignments.Source;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.event.GroupRebalancedEvent;
import io.distributedtask.fixture.SharedBroker;
import io.distributedtask.internal.group.TestInstance.Settings;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every answer that a broker may give to every request, at every time at which a member
 * may hear it: the member has to come back by itself, and no shard may ever have two
 * owners.
 */
class GroupFaultsIntegrationTests {

	private static final Duration SESSION = Duration.ofSeconds(2);

	private static final Duration LONG_SESSION = Duration.ofSeconds(30);

	private static final List<Errors> FIND = List.of(Errors.COORDINATOR_NOT_AVAILABLE,
			Errors.COORDINATOR_LOAD_IN_PROGRESS, Errors.GROUP_AUTHORIZATION_FAILED, Errors.INVALID_REQUEST,
			Errors.UNKNOWN_SERVER_ERROR);

	private static final List<Errors> JOIN = List.of(Errors.COORDINATOR_NOT_AVAILABLE,
			Errors.COORDINATOR_LOAD_IN_PROGRESS, Errors.NOT_COORDINATOR, Errors.REBALANCE_IN_PROGRESS,
			Errors.UNKNOWN_MEMBER_ID, Errors.ILLEGAL_GENERATION, Errors.FENCED_INSTANCE_ID,
			Errors.INCONSISTENT_GROUP_PROTOCOL, Errors.GROUP_MAX_SIZE_REACHED, Errors.GROUP_AUTHORIZATION_FAILED,
			Errors.INVALID_SESSION_TIMEOUT, Errors.INVALID_GROUP_ID, Errors.UNSUPPORTED_VERSION,
			Errors.UNKNOWN_SERVER_ERROR);

	private static final List<Errors> SYNC = List.of(Errors.COORDINATOR_NOT_AVAILABLE,
			Errors.COORDINATOR_LOAD_IN_PROGRESS, Errors.NOT_COORDINATOR, Errors.REBALANCE_IN_PROGRESS,
			Errors.UNKNOWN_MEMBER_ID, Errors.ILLEGAL_GENERATION, Errors.FENCED_INSTANCE_ID,
			Errors.INCONSISTENT_GROUP_PROTOCOL, Errors.GROUP_AUTHORIZATION_FAILED, Errors.UNKNOWN_SERVER_ERROR);

	private static final List<Errors> HEARTBEAT = List.of(Errors.COORDINATOR_NOT_AVAILABLE, Errors.NOT_COORDINATOR,
			Errors.REBALANCE_IN_PROGRESS, Errors.UNKNOWN_MEMBER_ID, Errors.ILLEGAL_GENERATION,
			Errors.FENCED_INSTANCE_ID, Errors.GROUP_AUTHORIZATION_FAILED, Errors.UNKNOWN_SERVER_ERROR);

	static Stream<Arguments> answersToAMember() {
		return Stream.of(true, false)
			.flatMap((leads) -> Stream.of(Arguments.of(ApiKeys.FIND_COORDINATOR, FIND, Moment.REBALANCE, leads),
					Arguments.of(ApiKeys.JOIN_GROUP, JOIN, Moment.REBALANCE, leads),
					Arguments.of(ApiKeys.SYNC_GROUP, SYNC, Moment.REBALANCE, leads),
					Arguments.of(ApiKeys.HEARTBEAT, HEARTBEAT, Moment.QUIET, leads),
					Arguments.of(ApiKeys.HEARTBEAT, HEARTBEAT, Moment.REBALANCE, leads),
					Arguments.of(ApiKeys.HEARTBEAT, HEARTBEAT, Moment.WAITING, leads)));
	}

	/**
	 * @param kind what is answered
	 * @param errors the errors, each in a group of its own
	 * @param moment what goes on in the group meanwhile
	 * @param leads whether the member is the leader when it begins
	 */
	@ParameterizedTest
	@MethodSource("answersToAMember")
	void aMemberComesBackFromEveryAnswer(ApiKeys kind, List<Errors> errors, Moment moment, boolean leads) {
		atOnce(spoiled(kind, errors, 0), (answer, group) -> {
			GroupProxy proxy = group.proxy();
			TestInstance hit = group.instance("hit", proxy);
			TestInstance other = group.instance("other");
			(leads ? hit : other).start();
			TestGroup.await().until(() -> !(leads ? hit : other).running().isEmpty());
			(leads ? other : hit).start();
			group.awaitRest("before " + answer);
			CountDownLatch mayJoin = new CountDownLatch((moment == Moment.WAITING) ? 1 : 0);
			other.beforeJoin(() -> awaitQuietly(mayJoin));
			Instant done;
			try {
				begin(moment, hit, "to be answered by " + answer);
				proxy.spoil(answer);
				if (kind == ApiKeys.FIND_COORDINATOR) {
					proxy.reset();
				}
				TestGroup.await().until(answer::isDone);
				done = Instant.now();
			}
			finally {
				mayJoin.countDown();
			}
			awaitHeardOf(hit, done, "after " + answer);
			group.awaitRest("after " + answer);
		});
	}

	/**
	 * A rebalance that was under way may meet the wish for one before the other member is
	 * held up: then it is asked for once more.
	 */
	private static void begin(Moment moment, TestInstance hit, String why) {
		if (moment == Moment.WAITING) {
			TestGroup.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(500)).until(() -> {
				boolean waits = hit.engine().membership().state() == GroupStatus.REBALANCING;
				if (!waits) {
					hit.engine().rebalance(why);
				}
				return waits;
			});
		}
		else if (moment == Moment.REBALANCE) {
			hit.engine().rebalance(why);
		}
	}

	static Stream<Arguments> answersToANewcomer() {
		return Stream.of(Arguments.of(ApiKeys.FIND_COORDINATOR, FIND, 0), Arguments.of(ApiKeys.JOIN_GROUP, JOIN, 0),
				Arguments.of(ApiKeys.JOIN_GROUP, JOIN, 1), Arguments.of(ApiKeys.SYNC_GROUP, SYNC, 0),
				Arguments.of(ApiKeys.HEARTBEAT, HEARTBEAT, 0));
	}

	/**
	 * @param kind what is answered
	 * @param errors the errors, each in a group of its own
	 * @param pass how many good answers come before
	 */
	@ParameterizedTest
	@MethodSource("answersToANewcomer")
	void aNewcomerGetsInInSpiteOfEveryAnswer(ApiKeys kind, List<Errors> errors, int pass) {
		atOnce(spoiled(kind, errors, pass), (answer, group) -> {
			GroupProxy proxy = group.proxy();
			group.instance("other").start();
			group.awaitRest("before " + answer);
			proxy.spoil(answer);
			TestInstance newcomer = group.instance("newcomer", proxy).start();
			TestGroup.await().until(answer::isDone);
			awaitHeardOf(newcomer, Instant.now(), "after " + answer);
			group.awaitRest("after " + answer);
			assertThat(newcomer.running()).as("after %s", answer).isNotEmpty();
		});
	}

	@Test
	void aNewcomerWhoseFirstHeartbeatMeetsTheNextRebalanceKeepsItsAssignment() {
		Settings settings = new Settings("group-" + UUID.randomUUID(), List.of(TestGroup.CRAWLER),
				TaskAssignor.sticky(), Duration.ofSeconds(1), Duration.ofSeconds(6), Duration.ofSeconds(7));
		try (TestGroup group = new TestGroup(SharedBroker.get(), settings)) {
			GroupProxy proxy = group.proxy();
			SpoiledAnswer answer = proxy
				.spoil(SpoiledAnswer.error(ApiKeys.HEARTBEAT, Errors.REBALANCE_IN_PROGRESS, 0, 1));
			TestInstance newcomer = group.instance("newcomer", proxy);
			List<GroupRebalancedEvent> rebalances = new CopyOnWriteArrayList<>();
			newcomer.listener((event) -> {
				if (event instanceof GroupRebalancedEvent rebalanced) {
					rebalances.add(rebalanced);
				}
			});
			newcomer.start();
			group.awaitRest("after " + answer);
			assertThat(answer.isDone()).isTrue();
			assertThat(rebalances.get(0).generation()).as("the first assignment is taken").isEqualTo(1);
			assertThat(rebalances).allSatisfy((rebalanced) -> assertThat(rebalanced.failedOver()).isEmpty());
			assertThat(newcomer.calls("start")).hasSize(8);
			assertThat(newcomer.calls("lost")).isEmpty();
		}
	}

	@Test
	void aMemberComesBackWhenTheSameAnswerIsSpoiledManyTimes() {
		try (TestGroup group = new TestGroup(SharedBroker.get(), SESSION)) {
			GroupProxy proxy = group.proxy();
			TestInstance hit = group.instance("hit", proxy).start();
			group.instance("other").start();
			group.awaitRest("at first");
			for (ApiKeys kind : List.of(ApiKeys.JOIN_GROUP, ApiKeys.SYNC_GROUP, ApiKeys.HEARTBEAT)) {
				for (SpoiledAnswer answer : List.of(SpoiledAnswer.lost(kind, 0, 4),
						SpoiledAnswer.error(kind, Errors.REBALANCE_IN_PROGRESS, 0, 4),
						SpoiledAnswer.error(kind, Errors.NOT_COORDINATOR, 0, 4))) {
					proxy.spoil(answer);
					hit.engine().rebalance("to be answered by " + answer);
					TestGroup.await().until(answer::isDone);
					awaitHeardOf(hit, Instant.now(), "after four times " + answer);
					group.awaitRest("after four times " + answer);
				}
			}
		}
	}

	static Stream<SpoiledAnswer> answersToOneThatLeaves() {
		Stream<@Nullable Errors> errors = Stream.of(Errors.COORDINATOR_NOT_AVAILABLE,
				Errors.COORDINATOR_LOAD_IN_PROGRESS, Errors.NOT_COORDINATOR, Errors.UNKNOWN_SERVER_ERROR,
				Errors.REBALANCE_IN_PROGRESS, null);
		return errors.flatMap(
				(error) -> Stream.of(1, 3).map((times) -> SpoiledAnswer.inPlace(ApiKeys.LEAVE_GROUP, error, times)));
	}

	/**
	 * The session is so long that a member which has not left would be there at the end.
	 */
	@Test
	void theGroupIsLeftInSpiteOfEveryAnswer() {
		atOnce(answersToOneThatLeaves().toList(), LONG_SESSION, (answer, group) -> {
			GroupProxy proxy = group.proxy();
			TestInstance other = group.instance("other").start();
			TestInstance leaving = group.instance("leaving", proxy).start();
			group.awaitRest("before " + answer);
			proxy.spoil(answer);
			group.stop(leaving);
			assertThat(answer.isDone()).as("%s was met", answer).isTrue();
			assertThat(group.memberIds()).as("who is there after %s", answer).hasSize(1);
			group.awaitRest("after " + answer);
			assertThat(other.calls("lost")).isEmpty();
		});
	}

	@Test
	void oneThatIsGoneAlreadyDoesNotAskAgain() {
		try (TestGroup group = new TestGroup(SharedBroker.get(), LONG_SESSION)) {
			GroupProxy proxy = group.proxy();
			group.instance("other").start();
			TestInstance leaving = group.instance("leaving", proxy).start();
			group.awaitRest("at first");
			proxy.spoil(SpoiledAnswer.inPlace(ApiKeys.LEAVE_GROUP, Errors.UNKNOWN_MEMBER_ID, 1));
			group.stop(leaving);
			assertThat(proxy.requests(ApiKeys.LEAVE_GROUP)).isEqualTo(1);
		}
	}

	@Test
	void theGroupIsLeftWhileAJoinWaitsAndTheFirstAnswerIsAnError() {
		try (TestGroup group = new TestGroup(SharedBroker.get(), LONG_SESSION)) {
			GroupProxy proxy = group.proxy();
			TestInstance other = group.instance("other").start();
			TestInstance leaving = group.instance("leaving", proxy).start();
			group.awaitRest("at first");
			CountDownLatch mayJoin = new CountDownLatch(1);
			other.beforeJoin(() -> awaitQuietly(mayJoin));
			try {
				begin(Moment.WAITING, leaving, "to leave then");
				SpoiledAnswer answer = proxy
					.spoil(SpoiledAnswer.inPlace(ApiKeys.LEAVE_GROUP, Errors.NOT_COORDINATOR, 1));
				leaving.engine().stop(Duration.ofSeconds(5), () -> {
				});
				TestGroup.await().until(() -> answer.isDone() && group.memberIds().size() == 1);
			}
			finally {
				mayJoin.countDown();
			}
			group.stop(leaving);
			group.awaitRest("without it");
		}
	}

	/**
	 * @param callback what the leader is held up in, so that a JoinGroup waits, or a
	 * SyncGroup
	 */
	@ParameterizedTest
	@ValueSource(strings = { "memberMetadata", "assign" })
	void aWishToRebalanceThatComesWhileTheGroupWaitsKeepsNoProcessorBusy(String callback) {
		try (TestGroup group = new TestGroup(SharedBroker.get(), LONG_SESSION)) {
			TestInstance other = group.instance("other").start();
			TestGroup.await().until(() -> !other.running().isEmpty());
			TestInstance hit = group.instance("hit").start();
			group.awaitRest("at first");
			CountDownLatch mayGoOn = new CountDownLatch(1);
			other.membership().beforeCallback((name) -> {
				if (name.equals(callback)) {
					awaitQuietly(mayGoOn);
				}
			});
			AtomicInteger heartbeats = new AtomicInteger();
			int rebalances;
			try {
				begin(Moment.WAITING, hit, "to wait");
				hit.membership().beforeCallback((name) -> {
					if (name.equals("contact")) {
						heartbeats.incrementAndGet();
					}
				});
				TestGroup.await().until(() -> heartbeats.get() > 3);
				rebalances = hit.rebalances();
				hit.engine().rebalance("while it waits");
				int polls = hit.membership().polls();
				int until = heartbeats.get() + 20;
				TestGroup.await().until(() -> heartbeats.get() > until);
				assertThat(hit.membership().polls() - polls).as("polls during some 20 heartbeats").isLessThan(100);
				assertThat(hit.rebalances()).as("it waits").isEqualTo(rebalances);
			}
			finally {
				mayGoOn.countDown();
			}
			TestGroup.await().until(() -> hit.rebalances() > rebalances + 1);
			group.awaitRest("after the wait");
		}
	}

	@Test
	void aBrokerThatIsAwayForLongerThanTheRebalanceTimeoutMakesNobodyLeave() {
		try (TestGroup group = new TestGroup(SharedBroker.get(), SESSION)) {
			GroupProxy proxy = group.proxy();
			TestInstance hit = group.instance("hit", proxy).start();
			group.awaitRest("at first");
			Duration away = group.settings().rebalance().plusSeconds(2);
			long cut = System.nanoTime();
			proxy.cut();
			TestGroup.await().until(() -> System.nanoTime() - cut > away.toNanos());
			proxy.heal();
			group.awaitRest("after the outage");
			assertThat(hit.calls("lost")).as("its lease has ended").hasSize(8);
			assertThat(proxy.requests(ApiKeys.LEAVE_GROUP)).isZero();
		}
	}

	@Test
	void aCoordinatorThatWillNotDescribeTheGroupIsReplacedByWhatTheInstanceKnows() {
		List<Errors> errors = List.of(Errors.COORDINATOR_NOT_AVAILABLE, Errors.NOT_COORDINATOR,
				Errors.COORDINATOR_LOAD_IN_PROGRESS, Errors.GROUP_AUTHORIZATION_FAILED, Errors.UNKNOWN_SERVER_ERROR);
		try (TestGroup group = new TestGroup(SharedBroker.get(), SESSION)) {
			GroupProxy proxy = group.proxy();
			TestInstance hit = group.instance("hit", proxy).start();
			group.awaitRest("at first");
			for (SpoiledAnswer answer : spoiled(ApiKeys.DESCRIBE_GROUPS, errors, 0)) {
				proxy.spoil(answer);
				assertThat(hit.engine().assignments()).as("after %s", answer).satisfies((view) -> {
					assertThat(view.source()).isEqualTo(Source.LOCAL);
					assertThat(view.tasks()).singleElement()
						.satisfies((task) -> assertThat(task.assignments()).hasSize(8)
							.allSatisfy((assignment) -> assertThat(assignment.owner()).isEqualTo("hit")));
				});
				assertThat(answer.isDone()).isTrue();
				group.awaitRest("after " + answer);
			}
			assertThat(hit.calls("lost")).isEmpty();
		}
	}

	private static void atOnce(List<SpoiledAnswer> answers, BiConsumer<SpoiledAnswer, TestGroup> test) {
		atOnce(answers, SESSION, test);
	}

	private static void atOnce(List<SpoiledAnswer> answers, Duration session,
			BiConsumer<SpoiledAnswer, TestGroup> test) {
		ExecutorService executor = Executors.newFixedThreadPool(6);
		try {
			List<CompletableFuture<Void>> tests = answers.stream().map((answer) -> CompletableFuture.runAsync(() -> {
				try (TestGroup group = new TestGroup(SharedBroker.get(), session)) {
					test.accept(answer, group);
				}
			}, executor)).toList();
			tests.forEach(CompletableFuture::join);
		}
		finally {
			executor.shutdownNow();
		}
	}

	/**
	 * Wait until a heartbeat is answered that was sent later: the member has the spoiled
	 * answer behind it.
	 */
	private static void awaitHeardOf(TestInstance instance, Instant since, String what) {
		TestGroup.await()
			.untilAsserted(
					() -> assertThat(instance.engine().membership().lastContact()).as(what).isNotNull().isAfter(since));
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static List<SpoiledAnswer> spoiled(ApiKeys kind, List<Errors> errors, int pass) {
		List<SpoiledAnswer> answers = new ArrayList<>();
		errors.forEach((error) -> answers.add(SpoiledAnswer.error(kind, error, pass, 1)));
		answers.add(SpoiledAnswer.lost(kind, pass, 1));
		return answers;
	}

	/**
	 * What goes on in the group.
	 */
	enum Moment {

		/** Nothing. */
		QUIET,

		/** The member asks for a rebalance. */
		REBALANCE,

		/** The member's JoinGroup waits for another member. */
		WAITING

	}

}
