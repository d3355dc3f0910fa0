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

package io.distributedtask.faults.history;

/**
 * One ownership as the history has it: what one process did with one shard under one
 * token, from the first line about it to the last.
 * <p>
 * Two ends are known of it. {@link #validUntil} is how long it was <em>surely</em> valid:
 * every overlap of two ownerships that is found with it is real. {@link #workedUntil} is
 * how long work was done in its name: from there on the shard is without an owner, if
 * nobody else has begun.
 *
 * @param source the process
 * @param task the task
 * @param shard the shard
 * @param token the fencing token
 * @param begin the first line: the ownership had begun before
 * @param validUntil see above; not after {@code begin} if the ownership was never seen
 * valid
 * @param workedUntil see above
 * @param end how it ended
 * @param endLine when the line was written that says so, or the last line about it
 */
public record Span(String source, String task, int shard, long token, long begin, long validUntil, long workedUntil,
		End end, long endLine) {

	/**
	 * How an ownership ended.
	 */
	public enum End {

		/** In order: revoked, and stopped. */
		REVOKED,
		/** Lost: the lease expired or was taken. */
		LOST,
		/** The process was killed, or is not heard of again. */
		DIED,
		/** A run had ended, and nothing says what became of the ownership then. */
		PAUSED,
		/** Still under way when the history ends. */
		OPEN

	}

	public boolean wasSeenValid() {
		return this.validUntil > this.begin;
	}

	public String instance() {
		return this.source.substring(0, Math.max(0, this.source.lastIndexOf('-')));
	}

	/** Whether it is known from the runs of a schedule only. */
	public boolean isScheduled() {
		return this.task.equals(GroupUnderTest.TICK) || this.task.equals(GroupUnderTest.TOCK);
	}

	/** The shard in short, as {@code crawl#3}. */
	public String id() {
		return this.task + "#" + this.shard;
	}

	@Override
	public String toString() {
		return "%s on %s under token %d".formatted(id(), this.source, this.token);
	}

}
