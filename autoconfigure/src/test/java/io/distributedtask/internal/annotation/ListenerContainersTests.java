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

package io.distributedtask.internal.annotation;

import java.util.List;

import org.junit.jupiter.api.Test;

import org.springframework.kafka.listener.MessageListenerContainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link ListenerContainers}.
 */
class ListenerContainersTests {

	@Test
	void namesThoseThatDoNotRun() {
		MessageListenerContainer audit = stopped("audit");
		assertThat(new ListenerContainers(List.of(audit)).describeStop())
			.isEqualTo("listener container 'audit' is no longer running");
		assertThat(new ListenerContainers(List.of(audit, stopped("mail"))).describeStop())
			.isEqualTo("listener containers 'audit', 'mail' are no longer running");
	}

	private static MessageListenerContainer stopped(String id) {
		MessageListenerContainer container = mock(MessageListenerContainer.class);
		given(container.getListenerId()).willReturn(id);
		return container;
	}

}
