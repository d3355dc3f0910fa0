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

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.distributedtask.faults.history.HistoryEvent.Kind;
import io.distributedtask.faults.history.Span.End;

/**
 * Puts the lines about one ownership together.
 * <p>
 * <strong>When an ownership was surely valid.</strong> A line that it begins proves
 * nothing: the process may have been frozen between the decision and the line. What
 * proves it is a look that was answered with yes: {@code LEASE}, {@code WORK} and
 * {@code FIRE} lines bear the time from before the look. A {@code LEASE} line also says
 * how far the lease reached, which is a lower bound, for leases are only prolonged. Under
 * one token an ownership is never interrupted, so it was valid from its beginning until
 * the latest proof, with these limits:
 * <ul>
 * <li>it ended before, in order: until the line that says so;</li>
 * <li>it was lost before the lease would have ended: nobody knows when, between the last
 * look and the line, so until the last look; likewise when the process was stopping and
 * the task did not stop in time, or never meant to, for then the instance gives it up
 * without asking it;</li>
 * <li>it is that of a scheduled task: until the end of its last run, for nothing that is
 * written down at once says when it ended after that;</li>
 * <li>the process died: until it was killed, or until its last line.</li>
 * </ul>
 * <strong>When it was worked on.</strong> Until the line that it ended, or until the
 * lease ended if that was earlier, or until its process was frozen for the rest of it, or
 * killed.
 */
public final class SpanBuilder {

	private final String source;

	private final String task;

	private final int shard;

	private final long token;

	private final long begin;

	private long lastLook = Long.MIN_VALUE;

	private long provenUntil = Long.MIN_VALUE;

	private long lastLine;

	private End end = End.OPEN;

	private long endLine;

	private boolean saidToBeLost;

	/** When the latest scheduled run had ended. */
	private long resting = Long.MAX_VALUE;

	private SpanBuilder(HistoryEvent first) {
		this.source = first.source();
		this.task = first.task();
		this.shard = first.shard();
		this.token = first.token();
		this.begin = first.nanos();
	}

	/**
	 * Find all ownerships.
	 * @param history the history
	 * @param group what is under test
	 * @param lives the processes, by source
	 * @param faults the faults
	 * @return the spans by the shard's id, in the order in which they began
	 */
	static Map<String, List<Span>> build(History history, GroupUnderTest group, Map<String, Life> lives,
			List<Fault> faults) {
		record Key(String source, String task, int shard, long token) {
		}
		Map<Key, SpanBuilder> builders = new LinkedHashMap<>();
		for (HistoryEvent event : history.events()) {
			if (!event.task().isEmpty() && lives.containsKey(event.source())) {
				Key key = new Key(event.source(), event.task(), event.shard(), event.token());
				builders.computeIfAbsent(key, (absent) -> new SpanBuilder(event)).take(event);
			}
		}
		Map<String, List<Span>> spans = new LinkedHashMap<>();
		for (SpanBuilder builder : builders.values()) {
			Life life = lives.get(builder.source);
			if (life != null) {
				Span span = builder.span(group, life, faults);
				spans.computeIfAbsent(span.id(), (id) -> new ArrayList<>()).add(span);
			}
		}
		spans.values().forEach((list) -> list.sort(Comparator.comparingLong(Span::begin)));
		spans.replaceAll((id, list) -> ScheduleEnds.infer(list, spans, lives));
		return spans;
	}

	private void take(HistoryEvent event) {
		this.lastLine = event.nanos();
		switch (event.kind()) {
			case RUN_START, ASSIGNED -> goesOn();
			case FIRE -> {
				this.resting = Long.MAX_VALUE;
				goesOn();
				look(event.nanos(), event.nanos());
			}
			case WORK -> look(event.nanos(), event.nanos());
			case LEASE -> look(event.nanos(), Long.parseLong(event.detail()));
			case REVOKED -> ended(End.REVOKED, event);
			case LOST -> ended(End.LOST, event);
			case FIRE_END -> {
				this.resting = event.nanos();
				ended(End.PAUSED, event);
			}
			case RUN_END -> ended(switch (event.detail()) {
				case "revoked" -> End.REVOKED;
				case "lost" -> End.LOST;
				default -> End.PAUSED;
			}, event);
			default -> throw new IllegalArgumentException("No line about a shard: " + event);
		}
	}

	private void goesOn() {
		if (this.end == End.PAUSED) {
			this.end = End.OPEN;
		}
	}

	private void look(long nanos, long until) {
		this.lastLook = Math.max(this.lastLook, nanos);
		this.provenUntil = Math.max(this.provenUntil, Math.max(nanos, until));
	}

	private void ended(End how, HistoryEvent event) {
		this.saidToBeLost |= how == End.LOST;
		// the first word counts, but that it was revoked is better knowledge than that it
		// was seen gone, and both are better than that a run has ended
		boolean better = this.end == End.OPEN || this.end == End.PAUSED
				|| (this.end == End.LOST && how == End.REVOKED && event.kind() != Kind.LOST);
		if (better) {
			this.end = how;
			this.endLine = event.nanos();
		}
	}

	private Span span(GroupUnderTest group, Life life, List<Fault> faults) {
		End how = this.end;
		long line = this.endLine;
		if (how == End.OPEN) {
			how = (life.dead() != Long.MAX_VALUE) ? End.DIED : End.OPEN;
			line = Math.max(this.lastLine, this.begin);
		}
		else if (how == End.PAUSED && life.dead() != Long.MAX_VALUE && life.stopping() == Long.MAX_VALUE
				&& this.lastLine + group.sessionTimeout().toNanos() > life.dead()) {
			how = End.DIED;
		}
		long valid = Math.min(validUntil(how, line, group, life), Math.min(this.resting, life.lastLine()));
		return new Span(this.source, this.task, this.shard, this.token, this.begin, Math.max(valid, this.begin),
				workedUntil(how, line, life, faults), how, line);
	}

	private long validUntil(End how, long line, GroupUnderTest group, Life life) {
		boolean givenUp = life.stopping() <= line && (this.task.equals(GroupUnderTest.STUBBORN)
				|| line - life.stopping() > group.revokeTimeout().toNanos());
		boolean takenEarly = how == End.LOST && this.provenUntil >= line;
		if (this.end == End.OPEN) {
			return Math.min(this.provenUntil, life.dead());
		}
		if (takenEarly || givenUp || (how == End.REVOKED && this.saidToBeLost)) {
			return Math.min(this.lastLook, line);
		}
		return Math.min(this.provenUntil, line);
	}

	private long workedUntil(End how, long line, Life life, List<Fault> faults) {
		long until = Math.min((how == End.DIED) ? Long.MAX_VALUE : line, life.dead());
		if ((how == End.LOST || how == End.DIED) && this.provenUntil > this.begin) {
			until = Math.min(until, this.provenUntil);
		}
		long frozen = until;
		for (Fault fault : faults) {
			if (Fault.FREEZES.contains(fault.kind()) && fault.target().equals(life.instance())
					&& fault.begin() > this.begin && fault.covers(until)) {
				frozen = Math.min(frozen, fault.begin());
			}
		}
		return frozen;
	}

}
