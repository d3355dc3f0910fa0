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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;

import io.distributedtask.fixture.SharedBroker;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Integration tests for {@link RawMember}.
 */
class RawMemberIntegrationTests {

	private final String groupId = "raw-" + System.nanoTime();

	@Test
	void saysAndHearsWhatTheTestWants() {
		try (RawMember leader = builder().metadata(() -> bytes("first")).leading((round) -> {
			Map<String, byte[]> answers = new HashMap<>();
			round.members().forEach((memberId, words) -> answers.put(memberId, bytes("you said " + text(words))));
			return answers;
		}).start()) {
			await().until(() -> leader.generation() > 0);
			assertThat(leader.isLeader()).isTrue();
			try (RawMember other = builder().metadata(() -> bytes("second")).start()) {
				await().untilAsserted(
						() -> assertThat(other.assignment()).isNotNull().asString().isEqualTo("you said second"));
				assertThat(leader.heard()).hasSize(2);
				assertThat(other.isLeader()).isFalse();
			}
			await().until(() -> leader.heard().size() == 1);
		}
	}

	@Test
	void leavesInOrderOrVanishes() {
		try (RawMember stays = builder().start()) {
			await().until(() -> stays.generation() > 0); // the first to join leads
			RawMember vanishes = builder().sessionTimeout(Duration.ofSeconds(6)).start();
			await().until(() -> stays.heard().size() == 2);
			vanishes.vanish();
			await().until(() -> stays.heard().size() == 1);
			assertThat(stays.failures()).isEmpty();
		}
	}

	@Test
	void removesAnotherMemberAsAnAdministratorsToolDoes() {
		try (RawMember member = builder().start()) {
			await().until(() -> member.generation() > 0);
			String memberId = member.memberId();
			RawMember.evict(SharedBroker.servers(), this.groupId, memberId);
			await().until(() -> !member.memberId().equals(memberId));
			assertThatIllegalStateException()
				.isThrownBy(() -> RawMember.evict(SharedBroker.servers(), this.groupId, "nobody"))
				.withMessageContaining("UNKNOWN_MEMBER_ID");
		}
	}

	/**
	 * The reason for {@link RawMember#evict} to exist.
	 */
	@Test
	void kafkasAdminDoesNotEmptySuchAGroup() {
		try (RawMember member = builder().start();
				Admin admin = Admin.create(Map.of("bootstrap.servers", SharedBroker.servers()))) {
			await().until(() -> member.generation() > 0);
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> admin
					.removeMembersFromConsumerGroup(this.groupId, new RemoveMembersFromConsumerGroupOptions())
					.all()
					.get())
				.havingRootCause()
				.withMessageContaining("not a consumer group");
			assertThat(member.failures()).isEmpty();
		}
	}

	private RawMember.Builder builder() {
		return RawMember.builder(SharedBroker.servers(), this.groupId);
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(60));
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.UTF_8);
	}

}
