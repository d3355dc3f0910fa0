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

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.distributedtask.TaskId;
import io.distributedtask.event.TaskAssignedEvent;
import io.distributedtask.event.TaskRevokedEvent;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ApplicationEventMembershipListener}.
 */
class ApplicationEventMembershipListenerTests {

	private static final TaskId TASK = new TaskId("crawler", 0);

	@Test
	void publishesInOrderOnAThreadOfItsOwnWhateverListenersThrow() throws InterruptedException {
		List<Object> published = new CopyOnWriteArrayList<>();
		List<Thread> threads = new CopyOnWriteArrayList<>();
		CountDownLatch over = new CountDownLatch(1);
		try (ApplicationEventMembershipListener listener = new ApplicationEventMembershipListener((event) -> {
			published.add(event);
			threads.add(Thread.currentThread());
			throw new IllegalStateException("listener");
		})) {
			listener.on(new TaskAssignedEvent(TASK, 1));
			listener.on(new TaskRevokedEvent(TASK, 1));
			listener.afterPublished(over::countDown);
			assertThat(over.await(10, TimeUnit.SECONDS)).isTrue();
		}
		assertThat(published).containsExactly(new TaskAssignedEvent(TASK, 1), new TaskRevokedEvent(TASK, 1));
		assertThat(threads).doesNotContain(Thread.currentThread()).allMatch(Thread::isDaemon);
	}

	@Test
	void runsActionWhenClosed() {
		ApplicationEventMembershipListener listener = new ApplicationEventMembershipListener((event) -> {
		});
		listener.close();
		listener.on(new TaskAssignedEvent(TASK, 1));
		CountDownLatch over = new CountDownLatch(1);
		listener.afterPublished(over::countDown);
		assertThat(over.getCount()).isZero();
	}

}
