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

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.distributedtask.internal.execution.TaskHandler;

import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * All listener containers of one task, those of retry and dead-letter topics among them.
 * They start and stop together, and run only if each of them does, with all of its
 * consumers.
 */
final class ListenerContainers implements TaskHandler.SelfDescribing {

	private static final long POLL_MILLIS = 50;

	private static final Duration CALLBACK_PATIENCE = Duration.ofSeconds(5);

	private final List<MessageListenerContainer> containers;

	ListenerContainers(List<MessageListenerContainer> containers) {
		this.containers = List.copyOf(containers);
	}

	@Override
	public void start() {
		try {
			this.containers.forEach(MessageListenerContainer::start);
		}
		catch (RuntimeException ex) {
			stop();
			throw ex;
		}
	}

	/**
	 * Stop all of them, and return when none of their consumers works, however long that
	 * takes.
	 */
	@Override
	public void stop() {
		Map<MessageListenerContainer, CountDownLatch> stopping = new LinkedHashMap<>();
		for (MessageListenerContainer container : this.containers) {
			CountDownLatch stopped = new CountDownLatch(1);
			container.stop(stopped::countDown);
			stopping.put(container, stopped);
		}
		boolean interrupted = false;
		for (Map.Entry<MessageListenerContainer, CountDownLatch> entry : stopping.entrySet()) {
			interrupted |= awaitUninterruptibly(entry.getKey(), entry.getValue());
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	private static boolean awaitUninterruptibly(MessageListenerContainer container, CountDownLatch stopped) {
		boolean interrupted = false;
		long begun = System.nanoTime();
		while (!hasStopped(container, stopped, Duration.ofNanos(System.nanoTime() - begun))) {
			try {
				if (stopped.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
					TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
				}
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		return interrupted;
	}

	/**
	 * The callback alone is not enough: it is called at once by a container whose
	 * consumers are still stopping after an error, and never by one whose consumers end
	 * just when it is told to stop.
	 */
	private static boolean hasStopped(MessageListenerContainer container, CountDownLatch stopped, Duration waited) {
		if (container.isChildRunning()) {
			return false;
		}
		return stopped.getCount() == 0 || (container instanceof ConcurrentMessageListenerContainer
				&& !container.isRunning() && waited.compareTo(CALLBACK_PATIENCE) > 0);
	}

	@Override
	public boolean isRunning() {
		return this.containers.stream().allMatch(ListenerContainers::runs);
	}

	private static boolean runs(MessageListenerContainer container) {
		boolean childrenRun = !(container instanceof ConcurrentMessageListenerContainer<?, ?> concurrent)
				|| concurrent.getContainers().stream().allMatch(MessageListenerContainer::isRunning);
		return container.isRunning() && container.isInExpectedState() && childrenRun;
	}

	@Override
	public String describeStop() {
		List<String> stopped = this.containers.stream()
			.filter((container) -> !runs(container))
			.map((container) -> "'" + container.getListenerId() + "'")
			.toList();
		return ((stopped.size() == 1) ? "listener container %s is no longer running"
				: "listener containers %s are no longer running")
			.formatted(String.join(", ", stopped));
	}

}
