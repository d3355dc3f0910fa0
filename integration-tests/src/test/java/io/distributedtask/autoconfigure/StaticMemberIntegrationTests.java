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

package io.distributedtask.autoconfigure;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.distributedtask.broker.EmbeddedBrokers;
import io.distributedtask.fixture.SharedBroker;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Integration tests of static members: what becomes of an instance's shards while it
 * restarts, and of two instances with one id.
 */
class StaticMemberIntegrationTests extends RestartedInstances {

	private static final String STATIC = "--distributed-task.static-member-id=id-${distributed-task.instance-name}";

	private static final String LONG_SESSION = "--distributed-task.session-timeout=10s";

	@Test
	@Tag("kafka")
	void aRollingRestartOfStaticMembersMovesNothing() {
		rollingRestartMovesNothing("--distributed-task.session-timeout=40s", STATIC);
	}

	@Test
	void aStaticMemberThatCrashesAndIsBackWaitsUntilItsFormerProcessCannotRunAnything() {
		List<String> three = List.of("a", "b", "c");
		three.forEach((name) -> start(name, STATIC, LONG_SESSION));
		Map<Integer, String> before = awaitOwners();
		// the leader, and one that is not
		for (String name : List.of("a", "c")) {
			int starts = journal.starts.size();
			this.instances.crash(name);
			start(name, STATIC, LONG_SESSION);
			assertThat(awaitOwners()).isEqualTo(before);
			assertThat(journal.starts.subList(starts, journal.starts.size()))
				.allSatisfy((start) -> assertThat(start.instance()).isEqualTo(name));
		}
	}

	@Test
	void aStaticMemberThatDoesNotComeBackIsReplacedAfterItsSession() {
		List.of("a", "b").forEach((name) -> start(name, STATIC));
		awaitOwners();
		stop("a");
		assertThat(owners()).as("kept for a session").doesNotContainValue("a").hasSizeLessThan(SHARDS);
		await().until(() -> owners().size() == SHARDS);
	}

	@Test
	void aStaticMemberThatIsAloneGoesOnWithItsSchedules() {
		start("a", STATIC, LONG_SESSION);
		await().until(() -> journal.fires.size() > 1);
		stop("a");
		start("a", STATIC, LONG_SESSION);
		int fires = journal.fires.size();
		await().until(() -> journal.fires.size() > fires + 1);
		assertFiredOnceEach();
	}

	@Test
	void ofTwoProcessesWithOneStaticIdTheFormerStandsBackUntilTheOtherIsGone() {
		start("a", "--distributed-task.static-member-id=same");
		await().until(() -> owners().size() == SHARDS);
		start("b", "--distributed-task.static-member-id=same");
		await().until(() -> tasks("a").membership().needsRemedy());
		assertThat(tasks("a").membership().problem()).contains("distributed-task.static-member-id=same")
			.contains("an id of its own");
		await().until(() -> IntStream.range(0, SHARDS)
			.allMatch((shard) -> "b".equals(journal.running(id(this.instances.groupId(), shard)))));
		int starts = journal.starts.size();
		await().during(Duration.ofSeconds(8)).until(() -> owners().size() == SHARDS && owners().containsValue("b"));
		assertThat(tasks("b").membership().problem()).isNull();
		assertThat(journal.starts).as("they do not drive each other out").hasSize(starts);
		stop("b");
		await().until(() -> owners().size() == SHARDS && owners().containsValue("a"));
		await().until(() -> tasks("a").membership().problem() == null);
	}

	@Test
	void aBrokerThatIsRestartedFencesNoStaticMember() {
		try (EmbeddedBrokers own = SharedBroker.withShortSessions().start()) {
			List<String> three = List.of("a", "b", "c");
			three.forEach((name) -> this.instances.startAt(own.bootstrapServers(), name, STATIC, LONG_SESSION));
			Map<Integer, String> before = awaitOwners();
			stop("b");
			this.instances.startAt(own.bootstrapServers(), "b", STATIC, LONG_SESSION);
			awaitOwners();
			int starts = journal.starts.size();
			own.stop(1);
			own.start(1);
			await().until(() -> three.stream()
				.allMatch((name) -> tasks(name).membership().lastContact() != null
						&& tasks(name).membership().lastContact().isAfter(Instant.now().minusSeconds(1))));
			assertThat(awaitOwners()).isEqualTo(before);
			assertThat(three).allSatisfy((name) -> assertThat(tasks(name).membership().problem()).isNull());
			assertThat(journal.starts).hasSize(starts);
			three.forEach(this::stop);
		}
	}

}
