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

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.zip.Deflater;

import io.distributedtask.Assignments;
import io.distributedtask.DistributedTask;
import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskContext;
import io.distributedtask.TaskDefinition;
import io.distributedtask.event.TaskLostEvent;
import io.distributedtask.event.TaskRevokedEvent;
import io.distributedtask.fixture.Instances;
import io.distributedtask.fixture.SharedBroker;
import io.distributedtask.internal.group.wire.Envelope;
import io.distributedtask.internal.group.wire.MessageCodec;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.message.MemberMetadata.Hold;
import io.distributedtask.internal.message.OperatorCommand;
import io.distributedtask.internal.message.OperatorCommand.Kind;
import io.distributedtask.internal.message.ShardSet;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Real instances in a group with a member that lies, on a real broker.
 */
@ExtendWith(OutputCaptureExtension.class)
class HostileMemberIntegrationTests {

	private static final int SHARDS = 6;

	private final Instances instances = new Instances(Application.class);

	@AfterEach
	void stopInstances() {
		this.instances.close();
	}

	@ParameterizedTest
	@EnumSource(Attack.class)
	void instancesGoOnRunningWhatTheyHoldAndTakeOverFromEachOther(Attack attack, CapturedOutput output) {
		ConfigurableApplicationContext a = start("a");
		ConfigurableApplicationContext b = start("b");
		await().until(() -> owned(a) == 3 && owned(b) == 3);
		long token = worker(b).highestToken();
		worker(a).stopped.clear();
		try (RawMember hostile = RawMember.builder(SharedBroker.servers(), this.instances.groupId())
			.metadata(attack.words)
			.start()) {
			await().until(() -> hostile.generation() > 0);
			await().until(() -> tasks(a).membership().generation() >= hostile.generation());
			assertThat(hostile.isLeader()).isFalse();
			assertThat(owned(a) + owned(b)).isEqualTo(SHARDS);
			assertThat(worker(a).stopped).isEmpty();
			assertThat(worker(b).stopped).isEmpty();
			if (attack.refused) {
				await().untilAsserted(() -> assertThat(tasks(b).assignments().instances())
					.filteredOn((instance) -> hostile.memberId().equals(instance.memberId()))
					.singleElement()
					.extracting(Assignments.Instance::problem)
					.asString()
					.isNotBlank());
				assertThat(output.getAll().split("Member '%s' gets no assignment".formatted(hostile.memberId()), -1))
					.as("log lines that name the member")
					.hasSize(2);
			}
			assertThat(tasks(a).membership().needsRemedy()).as("health of the others").isFalse();
			assertThat(tasks(a).assignments().group().paused()).isFalse();
			stop(b);
			await().until(() -> tasks(a).assignments().instances().size() == 2);
			if (!attack.claimsWhatIsFree) {
				await().until(() -> owned(a) == SHARDS);
			}
			assertThat(worker(a).stopped).isEmpty();
			assertThat(hostile.failures()).isEmpty();
		}
		await().until(() -> owned(a) == SHARDS);
		// a shard is owned a moment before its code runs
		await().untilAsserted(() -> assertThat(worker(a).highestToken()).as("tokens grow").isGreaterThan(token));
		assertThat(worker(a).highestToken()).isLessThan(System.currentTimeMillis() + Duration.ofHours(25).toMillis());
	}

	@Test
	void whatAMemberHasForgedInTheNameOfAnOperatorIsTakenBackByOne() {
		ConfigurableApplicationContext a = start("a");
		await().until(() -> owned(a) == SHARDS);
		byte[] words = RawMember.words(asking(forged(Kind.PAUSE_ALL, "", inHours(23))));
		try (RawMember hostile = RawMember.builder(SharedBroker.servers(), this.instances.groupId())
			.metadata(() -> words)
			.start()) {
			await().until(() -> hostile.generation() > 0);
			await().until(() -> tasks(a).assignments().group().paused());
			tasks(a).resumeAll();
			ConfigurableApplicationContext b = start("b");
			await().until(() -> owned(b) > 0);
			assertThat(hostile.generation()).as("it has said it again").isGreaterThan(1);
			assertThat(tasks(a).assignments().group().paused()).isFalse();
			assertThat(tasks(b).assignments().group().paused()).isFalse();
		}
	}

	@Test
	void aLeaderThatSaysGarbageStopsTheOthersAndTellsThemWhyUntilItLeaves() {
		leaderSays((round) -> {
			Map<String, byte[]> answers = new HashMap<>();
			round.members().keySet().forEach((memberId) -> answers.put(memberId, garbage(7)));
			return answers;
		}, "cannot be decoded");
	}

	@Test
	void aLeaderThatSaysNothingStopsTheOthersUntilItLeaves() {
		leaderSays((round) -> Map.of(), "cannot be decoded");
	}

	@Test
	void aLeaderWithTokensFromTheFarFutureIsNotObeyed() {
		leaderSays((round) -> {
			Map<String, byte[]> answers = new HashMap<>();
			RawMember.keepAll(round.generation(), round.members()).keySet().forEach((memberId) -> {
				MemberMetadata member = RawMember.read(round.members().get(memberId));
				Grant grant = new Grant("crawler", SHARDS, Long.MAX_VALUE - 1, Instant.now(), round.generation(),
						Origin.HANDED_OVER, ShardSet.of(0, 1, 2));
				answers.put(memberId,
						RawMember.words(new MemberAssignment(round.generation(), "evil", member.instance(),
								member.incarnation(), 2, 1, List.of(grant), List.of(), List.of(), List.of(), null)));
			});
			return answers;
		}, "hours ahead of this instance's clock");
	}

	private void leaderSays(Function<RawMember.Round, Map<String, byte[]>> words, String problem) {
		try (RawMember hostile = RawMember.builder(SharedBroker.servers(), this.instances.groupId())
			.leading(words)
			.start()) {
			await().until(() -> hostile.generation() > 0);
			assertThat(hostile.isLeader()).isTrue();
			ConfigurableApplicationContext a = start("a");
			await().untilAsserted(() -> {
				assertThat(tasks(a).membership().problem()).contains(problem);
				assertThat(tasks(a).membership().needsRemedy()).isTrue();
			});
			assertThat(owned(a)).isZero();
		}
		ConfigurableApplicationContext a = this.instances.all().iterator().next();
		await().until(() -> owned(a) == SHARDS);
		assertThat(tasks(a).membership().problem()).isNull();
		assertThat(worker(a).highestToken()).isLessThan(System.currentTimeMillis() + 1000);
	}

	private static byte[] garbage(long seed) {
		byte[] bytes = new byte[500];
		new Random(seed).nextBytes(bytes);
		return bytes;
	}

	private static byte[] flipped() {
		byte[] bytes = RawMember.words(state(0, List.of(TaskDefinition.of("t")), List.of()));
		for (int i = 1; i < bytes.length; i += 7) {
			bytes[i] ^= 4;
		}
		return bytes;
	}

	private static byte[] bomb() {
		// eight megabytes of blanks are eight thousand bytes
		byte[] text = "{\"i\":\"z\",\"x\":\"z\"".concat(" ".repeat(8_000_000))
			.concat("}")
			.getBytes(StandardCharsets.UTF_8);
		Deflater deflater = new Deflater(9, true);
		deflater.setInput(text);
		deflater.finish();
		byte[] deflated = new byte[100_000];
		int length = deflater.deflate(deflated);
		deflater.end();
		return ByteBuffer.allocate(3 + length)
			.put((byte) 'M')
			.put(Envelope.VERSION)
			.put((byte) 1)
			.put(deflated, 0, length)
			.array();
	}

	private static byte[] neverTold() {
		ByteBuffer bytes = new MessageCodec().encode(state(0, List.of(), List.of()), "0123456789abcdef");
		return bytes.array();
	}

	private static List<TaskDefinition> flood(int tasks, int shards) {
		return IntStream.range(0, tasks).mapToObj((i) -> TaskDefinition.of("flood-" + i).withShards(shards)).toList();
	}

	private static MemberMetadata state(long highestToken, List<TaskDefinition> tasks, List<Claim> claims) {
		return new MemberMetadata("z", "z", 0, null, Map.of(), 1.0, false, 1, highestToken, tasks, claims, List.of());
	}

	private static MemberMetadata asking(OperatorCommand... entries) {
		return new MemberMetadata("z", "z", 0, null, Map.of(), 1.0, false, 1, 0, List.of(), List.of(), List.of(),
				List.of(), Duration.ZERO, false, List.of(entries), Map.of(), null);
	}

	private static OperatorCommand forged(Kind kind, String subject, long time) {
		return new OperatorCommand(new OperatorCommand.Key(kind, subject, 0), "z", time, "operator");
	}

	private static Claim claim(String task, int shardCount, long token, Hold hold) {
		return new Claim(task, shardCount, token, Instant.now(), 1, hold,
				ShardSet.of(IntStream.range(0, shardCount).toArray()));
	}

	private static long inHours(int hours) {
		return System.currentTimeMillis() + Duration.ofHours(hours).toMillis();
	}

	private ConfigurableApplicationContext start(String name) {
		return this.instances.start(name);
	}

	private void stop(ConfigurableApplicationContext instance) {
		this.instances.stop(instance);
	}

	private static DistributedTasks tasks(ConfigurableApplicationContext instance) {
		return instance.getBean(DistributedTasks.class);
	}

	private static Worker worker(ConfigurableApplicationContext instance) {
		return instance.getBean(Worker.class);
	}

	private static long owned(ConfigurableApplicationContext instance) {
		return IntStream.range(0, SHARDS).filter((shard) -> tasks(instance).isOwner("crawler", shard)).count();
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(60));
	}

	/**
	 * What the hostile member says.
	 */
	enum Attack {

		GARBAGE(true, () -> garbage(1)),

		NO_BYTES(true, () -> new byte[0]),

		FLIPPED_BITS(true, HostileMemberIntegrationTests::flipped),

		DEFLATE_BOMB(true, HostileMemberIntegrationTests::bomb),

		A_HUNDRED_THOUSAND_NAMES(true, () -> RawMember.words(state(0, flood(100_000, 1), List.of()))),

		NAMES_AS_MANY_AS_ARE_ALLOWED(false, () -> RawMember.words(state(0, flood(15_000, 1), List.of()))),

		HUGE_SHARD_COUNTS(true, () -> RawMember.words(state(0, flood(1000, 100_000), List.of()))),

		A_FLOOD_OF_CLAIMS(true,
				() -> RawMember
					.words(state(0, List.of(), Collections.nCopies(1000, claim("crawler", 100_000, 1, Hold.OWNED))))),

		TASKS_THAT_ARE_NEVER_TOLD(true, HostileMemberIntegrationTests::neverTold),

		CLAIMS_WITH_HIGHER_TOKENS(false, true,
				() -> RawMember.words(state(0, List.of(), List.of(claim("crawler", SHARDS, inHours(1), Hold.OWNED))))),

		CLAIMS_WITH_TOKENS_FROM_THE_FAR_FUTURE(true,
				() -> RawMember
					.words(state(0, List.of(), List.of(claim("crawler", SHARDS, Long.MAX_VALUE - 1, Hold.OWNED))))),

		A_HIGHEST_TOKEN_FROM_THE_FAR_FUTURE(true,
				() -> RawMember.words(state(Long.MAX_VALUE - 1, List.of(), List.of()))),

		REQUESTS_FROM_THE_FAR_FUTURE(false,
				() -> RawMember.words(asking(forged(Kind.PAUSE_ALL, "", inHours(100)),
						forged(Kind.DRAIN, "a", inHours(100)), forged(Kind.PAUSE, "crawler", Long.MAX_VALUE)))),

		A_FLOOD_OF_REQUESTS(false,
				() -> RawMember.words(asking(IntStream.range(0, 1400)
					.mapToObj((i) -> forged((i < 1000) ? Kind.MOVE : Kind.RUN, "flood-" + i, inHours(1)))
					.toArray(OperatorCommand[]::new)))),

		A_HIGHEST_TOKEN_OF_TOMORROW(false, () -> RawMember.words(state(inHours(23), List.of(), List.of()))),

		A_GENERATION_FROM_THE_FAR_FUTURE(false, true,
				() -> RawMember.words(new MemberMetadata("z", "z", 0, null, Map.of(), 1.0, false, Integer.MAX_VALUE, 0,
						List.of(), List.of(new Claim("crawler", SHARDS, System.currentTimeMillis(), Instant.now(),
								Integer.MAX_VALUE, Hold.OWNED, ShardSet.of(0, 1, 2, 3, 4, 5))),
						List.of())));

		private final boolean refused;

		/** See "what only ACLs prevent" in docs/security.md. */
		private final boolean claimsWhatIsFree;

		private final Supplier<byte[]> words;

		Attack(boolean refused, Supplier<byte[]> words) {
			this(refused, false, words);
		}

		Attack(boolean refused, boolean claimsWhatIsFree, Supplier<byte[]> words) {
			this.refused = refused;
			this.claimsWhatIsFree = claimsWhatIsFree;
			this.words = words;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Worker worker() {
			return new Worker();
		}

	}

	static class Worker {

		private final Map<Integer, Long> tokens = new ConcurrentHashMap<>();

		private final Queue<Object> stopped = new ConcurrentLinkedQueue<>();

		@DistributedTask(name = "crawler", shards = SHARDS)
		void crawl(TaskContext task) throws InterruptedException {
			this.tokens.put(task.shard(), task.fencingToken());
			while (task.isOwned()) {
				Thread.sleep(20);
			}
		}

		@EventListener
		void on(TaskRevokedEvent event) {
			this.stopped.add(event);
		}

		@EventListener
		void on(TaskLostEvent event) {
			this.stopped.add(event);
		}

		long highestToken() {
			return this.tokens.values().stream().mapToLong(Long::longValue).max().orElse(0);
		}

	}

}
