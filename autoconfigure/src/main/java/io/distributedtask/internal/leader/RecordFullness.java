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

package io.distributedtask.internal.leader;

import io.distributedtask.internal.port.Budget;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Says that the group's record is too large, and how large; in the log once, until there
 * is room again.
 */
public final class RecordFullness {

	private static final Logger logger = LoggerFactory.getLogger(RecordFullness.class);

	private boolean full;

	private int fitting;

	private volatile long size;

	private volatile long limit;

	/**
	 * The size of the last plan. Any thread.
	 */
	public long size() {
		return this.size;
	}

	/**
	 * The limit of the last plan. Any thread.
	 */
	public long limit() {
		return this.limit;
	}

	/**
	 * What is wrong with the size of a record.
	 * @param budget the limit
	 * @param size the size that it would have
	 * @return the problem and its remedy, or {@code null} if it fits
	 */
	@Nullable String problem(Budget budget, long size) {
		this.size = size;
		this.limit = budget.limit();
		if (size <= budget.limit()) {
			// the first that fits may be a trial, which the brokers refuse
			this.full = this.full && ++this.fitting < 2;
			return null;
		}
		String problem = ("The group's record would have %d bytes, and %d are safe: nothing new is assigned. "
				+ "Use fewer shards, fewer instances, shorter task names or fewer labels, or raise "
				+ "max.message.bytes of topic __consumer_offsets if the brokers have a lower limit than usual")
			.formatted(size, budget.limit());
		if (!this.full) {
			// a limit that may pass is one that the brokers have just complained of
			logger.atLevel((budget.retryAfter() != null) ? Level.INFO : Level.ERROR).log("{}", problem);
		}
		this.full = true;
		this.fitting = 0;
		return problem;
	}

}
