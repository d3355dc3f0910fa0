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

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.distributedtask.faults.history.HistoryEvent.Kind;

/**
 * The life of one process of an instance. A moment that is not in the history is
 * {@link Long#MAX_VALUE}.
 *
 * @param source the process
 * @param instance the instance
 * @param started when it began
 * @param ready when it was first seen to own something, so had come up and joined
 * @param stopping when it was told to stop in order
 * @param stopped when it had stopped in order
 * @param killed when it was killed, if the history says so
 * @param lastLine when it was last heard of
 * @param replaced when the next process of the instance was started
 */
public record Life(String source, String instance, long started, long ready, long stopping, long stopped, long killed,
		long lastLine, long replaced) {

	/**
	 * Find the lives of all processes of instances.
	 * @param history the history
	 * @param faults its faults
	 * @return the lives by source
	 */
	static Map<String, Life> of(History history, List<Fault> faults) {
		Map<String, Moments> found = new LinkedHashMap<>();
		Map<String, Moments> latest = new HashMap<>();
		for (HistoryEvent event : history.events()) {
			if (event.kind() == Kind.STARTING) {
				// it may end before it has written anything
				Moments former = latest.remove(instance(event.detail()));
				if (former != null) {
					former.replaced = event.nanos();
				}
			}
			if (event.source().equals(HistoryEvent.LABORATORY) || event.source().equals(HistoryEvent.STORE)) {
				continue;
			}
			Moments moments = found.get(event.source());
			if (moments == null) {
				moments = new Moments(event.nanos());
				found.put(event.source(), moments);
				Moments former = latest.put(event.instance(), moments);
				if (former != null) {
					former.replaced = event.nanos();
				}
			}
			moments.take(event);
		}
		Map<String, Life> lives = new LinkedHashMap<>();
		found.forEach((source, moments) -> lives.put(source, moments.life(source, faults)));
		return lives;
	}

	private static String instance(String source) {
		return source.substring(0, Math.max(0, source.lastIndexOf('-')));
	}

	/**
	 * Whether it ended by a crash: it was killed, or it was never heard of again although
	 * it was not told to stop.
	 */
	public boolean crashed() {
		return this.killed != Long.MAX_VALUE || (this.stopped == Long.MAX_VALUE && this.replaced != Long.MAX_VALUE);
	}

	/**
	 * A moment from which on it is sure not to have lived in order to act, as far as
	 * known: it was killed, or stopped, or is not heard of any more before it was
	 * replaced.
	 */
	public long dead() {
		long end = Math.min(this.killed, this.stopped);
		return (end == Long.MAX_VALUE && this.replaced != Long.MAX_VALUE) ? this.lastLine : end;
	}

	public boolean isReady(long nanos) {
		return this.ready <= nanos && nanos < Math.min(this.stopping, dead());
	}

	private static final class Moments {

		private final long started;

		private long ready = Long.MAX_VALUE;

		private long stopping = Long.MAX_VALUE;

		private long stopped = Long.MAX_VALUE;

		private long lastLine;

		private long replaced = Long.MAX_VALUE;

		private Moments(long started) {
			this.started = started;
		}

		private void take(HistoryEvent event) {
			this.lastLine = event.nanos();
			if (event.kind() == Kind.STOPPING) {
				this.stopping = event.nanos();
			}
			else if (event.kind() == Kind.STOPPED) {
				this.stopped = event.nanos();
			}
			else if (this.ready == Long.MAX_VALUE && !event.task().isEmpty()) {
				this.ready = event.nanos();
			}
		}

		private Life life(String source, List<Fault> faults) {
			String instance = instance(source);
			long killed = faults.stream()
				.filter((fault) -> FaultKind.KILLS.contains(fault.kind()) && fault.target().equals(instance))
				.mapToLong(Fault::begin)
				.filter((begin) -> begin >= this.started && begin <= this.replaced)
				.min()
				.orElse(Long.MAX_VALUE);
			return new Life(source, instance, this.started, this.ready, this.stopping, this.stopped, killed,
					this.lastLine, this.replaced);
		}

	}

}
