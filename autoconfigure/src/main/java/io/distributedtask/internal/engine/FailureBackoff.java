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

package io.distributedtask.internal.engine;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.GroupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the group's thread does after a failure: log it, the first time and then once a
 * minute, and wait before the next attempt. A failure that lasts until somebody changes
 * something is rarely retried.
 */
final class FailureBackoff {

	private static final Logger logger = LoggerFactory.getLogger(FailureBackoff.class);

	private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

	private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

	private static final Duration FIRST_REMEDY_PAUSE = Duration.ofSeconds(2);

	private static final Duration LONGEST_REMEDY_PAUSE = Duration.ofSeconds(30);

	private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);

	private static final int MAX_MESSAGES = 20;

	private final Clocks clocks;

	private final String groupId;

	/** When each message was logged, because two may alternate. */
	private final Map<String, Long> logged = new LinkedHashMap<>();

	private int failures;

	/**
	 * Whether the present problem has been logged, so that its end has to be logged, too.
	 */
	private boolean told;

	private long failedNanos;

	private long retryNanos;

	FailureBackoff(String groupId, Clocks clocks) {
		this.groupId = groupId;
		this.clocks = clocks;
	}

	synchronized void failed(Throwable failure, boolean needsRemedy) {
		Duration first = needsRemedy ? FIRST_REMEDY_PAUSE : FIRST_PAUSE;
		Duration longest = needsRemedy ? LONGEST_REMEDY_PAUSE : LONGEST_PAUSE;
		Duration pause = first.multipliedBy(1L << Math.min(this.failures, 10));
		pause = (pause.compareTo(longest) < 0) ? pause : longest;
		this.failedNanos = this.clocks.nanos();
		this.retryNanos = this.failedNanos + pause.toNanos();
		this.failures++;
		boolean tell = isToBeLogged(String.valueOf(failure.getMessage()));
		this.told = this.told || tell;
		if (!tell) {
			logger.debug("Attempt {} failed, trying again in {} ms: {}", this.failures, pause.toMillis(),
					failure.toString());
		}
		else if (failure instanceof GroupException) {
			logger.warn("{} (attempt {}, trying again in {} ms)", failure.getMessage(), this.failures,
					pause.toMillis());
			logger.debug("Cause of the failed attempt", failure);
		}
		else {
			logger.error("The group's thread failed (attempt {}, trying again in {} ms)", this.failures,
					pause.toMillis(), failure);
		}
	}

	private boolean isToBeLogged(String message) {
		this.logged.values().removeIf((nanos) -> this.failedNanos - nanos >= LOG_INTERVAL.toNanos());
		return this.logged.size() < MAX_MESSAGES && this.logged.putIfAbsent(message, this.failedNanos) == null;
	}

	/**
	 * The group has responded.
	 * @param sentNanos when the request was sent that it has answered
	 * @return whether nothing has failed since
	 */
	synchronized boolean heard(long sentNanos) {
		if (this.failures > 0) {
			if (sentNanos - this.failedNanos <= 0) {
				return false;
			}
			int failed = this.failures;
			boolean tell = this.told;
			this.failures = 0;
			this.told = false;
			if (tell) {
				logger.info("Group '{}' is reached again after {} failed attempts", this.groupId, failed);
			}
		}
		return true;
	}

	/**
	 * How long to wait before the next attempt.
	 */
	synchronized Duration remaining() {
		long nanos = (this.failures > 0) ? this.retryNanos - this.clocks.nanos() : 0;
		return (nanos > 0) ? Duration.ofNanos(nanos) : Duration.ZERO;
	}

	synchronized void await(Duration timeout) {
		try {
			TimeUnit.NANOSECONDS.timedWait(this, timeout.toNanos());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	synchronized void wakeup() {
		notifyAll();
	}

}
