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

package io.distributedtask.internal.execution;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.Lifecycle;
import org.springframework.context.SmartLifecycle;

/**
 * The end of a component: its stop has returned, or called back, and it is not running.
 * Some stop methods only send a signal, some fail half way, and some never call back.
 */
final class ComponentEnd {

	private static final Logger logger = LoggerFactory.getLogger(ComponentEnd.class);

	private static final long POLL_MILLIS = 100;

	private final Lifecycle component;

	private final String source;

	private final Duration patience;

	private final CountDownLatch stopped = new CountDownLatch(1);

	private @Nullable Throwable failure;

	private boolean warned;

	/**
	 * Create an end.
	 * @param component what is to be stopped
	 * @param source where it was declared
	 * @param patience the time after which a missing callback is ignored if the component
	 * does not run, and after which a component that still runs is reported
	 */
	ComponentEnd(Lifecycle component, String source, Duration patience) {
		this.component = component;
		this.source = source;
		this.patience = patience;
	}

	/**
	 * Stop it, and return, or throw what its stop has thrown, only when it has ended,
	 * however long that takes, interrupts included.
	 */
	void await() {
		try {
			stop();
		}
		catch (RuntimeException | Error ex) {
			this.failure = ex;
			this.stopped.countDown();
			throw ex;
		}
		finally {
			awaitEnd();
		}
	}

	private void stop() {
		if (this.component instanceof SmartLifecycle smart) {
			smart.stop(this.stopped::countDown);
		}
		else {
			this.component.stop();
			this.stopped.countDown();
		}
	}

	private void awaitEnd() {
		boolean interrupted = false;
		long begun = System.nanoTime();
		while (!hasEnded(System.nanoTime() - begun > this.patience.toNanos())) {
			try {
				if (this.stopped.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
					TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
				}
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	private boolean hasEnded(boolean late) {
		boolean saysSo = (this.stopped.getCount() == 0);
		if (isRunning(!saysSo)) {
			if (saysSo && late && !this.warned) {
				this.warned = true;
				logger.warn("{} has been stopped, but its isRunning() still returns true. Its shard is handed over to "
						+ "no other instance until it returns false", this.source, this.failure);
			}
			return false;
		}
		if (!saysSo && late) {
			logger.warn("stop(Runnable) of {} has not called back within {} ms, but its isRunning() returns false: it "
					+ "counts as stopped", this.source, this.patience.toMillis());
		}
		return saysSo || late;
	}

	private boolean isRunning(boolean ifUnknown) {
		try {
			return this.component.isRunning();
		}
		catch (Throwable ex) {
			logger.debug("isRunning() of {} fails", this.source, ex);
			return ifUnknown;
		}
	}

}
