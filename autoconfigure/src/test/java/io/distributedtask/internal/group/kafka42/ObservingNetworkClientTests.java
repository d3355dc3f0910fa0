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

package io.distributedtask.internal.group.kafka42;

import java.time.Duration;
import java.util.List;

import io.distributedtask.internal.group.RequestObserver;
import org.apache.kafka.clients.KafkaClient;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

/**
 * Tests for {@link ObservingNetworkClient}.
 */
class ObservingNetworkClientTests {

	private static final Duration REST = Duration.ofMillis(500);

	private static final long BACKOFF = 100;

	private final KafkaClient client = mock(KafkaClient.class);

	@Test
	void aPollWithNothingInFlightIsNotCutToTheBackoff() {
		LogContext logContext = new LogContext();
		ObservingNetworkClient network = new ObservingNetworkClient(logContext, this.client,
				new TopiclessMetadata(BACKOFF, BACKOFF, 300_000, logContext), Time.SYSTEM, 30_000,
				mock(RequestObserver.class));
		given(this.client.poll(anyLong(), anyLong())).willReturn(List.of());
		network.poll(Time.SYSTEM.timer(REST));
		ArgumentCaptor<Long> timeout = ArgumentCaptor.captor();
		verify(this.client).poll(timeout.capture(), anyLong());
		assertThat(timeout.getValue()).isEqualTo(REST.toMillis());
	}

}
