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
import java.util.List;
import java.util.Map;

import io.distributedtask.internal.port.GroupException;
import io.distributedtask.internal.port.GroupRecordRefusedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.GroupMaxSizeReachedException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GroupErrors}.
 */
class GroupErrorsTests {

	private final GroupErrors errors = new GroupErrors(new GroupSettings("shop-tasks", null, List.of("sticky"),
			Duration.ofMillis(500), Duration.ofSeconds(10), Duration.ofSeconds(20)), "kafka-1:9092",
			new Secrets(Map.of("ssl.key.password", "hunter2")));

	@Test
	void aRefusedRecordIsOfItsOwnKindAndHidesSecretsToo() {
		GroupException explained = this.errors
			.explain(new KafkaException("Unexpected error from SyncGroup: hunter2 is too large"));
		assertThat(explained).isInstanceOf(GroupRecordRefusedException.class)
			.hasMessageContaining("max.message.bytes of topic __consumer_offsets")
			.hasMessageNotContaining("hunter2");
		assertThat(explained.needsRemedy()).isTrue();
	}

	@Test
	void otherFailuresAreNot() {
		GroupException full = this.errors.explain(new GroupMaxSizeReachedException("full"));
		assertThat(full).isExactlyInstanceOf(GroupException.class);
		assertThat(full.needsRemedy()).isTrue();
		GroupException away = this.errors.explain(new DisconnectException());
		assertThat(away).isExactlyInstanceOf(GroupException.class);
		assertThat(away.needsRemedy()).isFalse();
	}

}
