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

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.distributedtask.internal.port.MembershipListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes what happened as application events, in order, on a thread of its own: the
 * application's listeners may take their time, the group's thread may not.
 */
class ApplicationEventMembershipListener implements MembershipListener, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ApplicationEventMembershipListener.class);

	private final ApplicationEventPublisher publisher;

	private final ThreadPoolExecutor thread;

	ApplicationEventMembershipListener(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
		this.thread = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), (work) -> {
			Thread thread = new Thread(work, "distributed-task-events");
			thread.setDaemon(true);
			return thread;
		}, new ThreadPoolExecutor.DiscardPolicy());
		this.thread.allowCoreThreadTimeOut(true);
	}

	@Override
	public void on(Record event) {
		this.thread.execute(() -> publish(event));
	}

	private void publish(Record event) {
		try {
			this.publisher.publishEvent(event);
		}
		catch (Exception ex) {
			logger.warn("A listener failed on {}", event, ex);
		}
	}

	/**
	 * Run something when all events so far have been published.
	 * @param action what to run
	 */
	void afterPublished(Runnable action) {
		if (this.thread.isShutdown()) {
			action.run();
			return;
		}
		this.thread.execute(action);
	}

	@Override
	public void close() {
		this.thread.shutdown();
	}

}
