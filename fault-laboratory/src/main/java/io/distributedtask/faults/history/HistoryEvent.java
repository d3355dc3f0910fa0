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

import java.util.Comparator;

/**
 * One line of the history: what happened to whom, and when by the monotonic clock, which
 * all processes of one machine share.
 *
 * @param nanos the monotonic clock; of an event that takes time, the moment that makes
 * the checker more severe (see {@link Kind})
 * @param source which process says so: the name and the start of an instance, such as
 * {@code i3-17}, or {@link #LABORATORY}, or {@link #STORE}
 * @param kind what happened
 * @param task the task, empty if it is about none
 * @param shard the shard, -1 if it is about none
 * @param token the fencing token, -1 if there is none
 * @param detail what else there is to say, see {@link Kind}; no tabs, no line breaks
 */
public record HistoryEvent(long nanos, String source, Kind kind, String task, int shard, long token, String detail) {

	/** The source of what the laboratory writes. */
	public static final String LABORATORY = "laboratory";

	/** The source of what the fenced store writes. */
	public static final String STORE = "store";

	static final Comparator<HistoryEvent> BY_TIME = Comparator.comparingLong(HistoryEvent::nanos);

	/**
	 * What can happen. Written by the body or callback of the task itself, so that
	 * nothing lies between the moment and the line.
	 */
	public enum Kind {

		/** A process of an instance is about to be started; detail: its source. */
		STARTING,
		/** A process of an instance is up; detail: process id. */
		STARTED,
		/** An instance was told to stop in order; written by the instance. */
		STOPPING,
		/** An instance has left in order, the last line of its process. */
		STOPPED,
		/** The listener was told so: {@code onAssigned}. */
		ASSIGNED,
		/**
		 * The listener was told so: {@code onRevoked}; written when it is about to
		 * return.
		 */
		REVOKED,
		/** The listener was told so, or a body saw that its lease is gone. */
		LOST,
		/** A continuous body begins; written before anything else is done. */
		RUN_START,
		/**
		 * A continuous body has ended, the last thing that it does; detail:
		 * {@code revoked}, {@code lost}, {@code returned} or {@code thrown}.
		 */
		RUN_END,
		/**
		 * An ownership was seen valid, with the lease that it has: detail is the
		 * monotonic time of the lease's end, a lower bound. Written when it has moved.
		 */
		LEASE,
		/**
		 * One iteration of work: the time is that from before the look at
		 * {@code isOwned()}, which said yes.
		 */
		WORK,
		/** A scheduled run begins; detail: its scheduled time in milliseconds. */
		FIRE,
		/** That run has ended; detail as of {@link #FIRE}. */
		FIRE_END,
		/**
		 * A run of a slow schedule has ended while the shard was owned, and is not
		 * interrupted; detail: the task and its scheduled time in milliseconds, separated
		 * by a blank.
		 */
		RAN,
		/** The store has accepted a write; detail: who wrote. */
		ACCEPTED,
		/** The store has refused a write with a stale token; detail: who wrote. */
		REFUSED,
		/**
		 * A fault begins; detail: an id, the kind of fault, the target (an instance's
		 * name, several separated by commas, a broker as {@code b1}, or {@code *} for
		 * all), separated by blanks, then anything.
		 */
		FAULT_BEGIN,
		/** That fault is over, or its last process has come back; detail: the id. */
		FAULT_END,
		/**
		 * The laboratory begins to wait until all is well; detail: number of the episode.
		 */
		SETTLING,
		/** All is well: every shard is owned, all faults are over. */
		SETTLED,
		/**
		 * Kinds of faults are not done, for the machine lacks what they need; detail: the
		 * kinds separated by commas, a blank, and the reason.
		 */
		SKIPPED,
		/** The group has rebalanced; detail: the generation and the leader's name. */
		REBALANCED,
		/** The process can be watched; detail: the id by which it is known then. */
		WATCHED,
		/**
		 * The crash watch takes the process of another instance for ended, and has it
		 * removed from the group; the time is that at which the connection to it ended;
		 * detail: its instance and its id as of {@link #WATCHED}.
		 */
		FOUND_ENDED,
		/**
		 * The application was told that the crash watch had an instance removed; detail:
		 * the instance and the milliseconds from the end of the connection to the
		 * assignment in which others have its shards.
		 */
		CRASHED

	}

	String line() {
		return this.nanos + "\t" + this.source + "\t" + this.kind + "\t" + this.task + "\t" + this.shard + "\t"
				+ this.token + "\t" + this.detail;
	}

	static HistoryEvent parse(String line) {
		String[] fields = line.split("\t", -1);
		if (fields.length != 7) {
			throw new IllegalArgumentException("No line of a history: '%s'".formatted(line));
		}
		return new HistoryEvent(Long.parseLong(fields[0]), fields[1], Kind.valueOf(fields[2]), fields[3],
				Integer.parseInt(fields[4]), Long.parseLong(fields[5]), fields[6]);
	}

	/**
	 * The name of the instance, whichever of its processes it is.
	 */
	public String instance() {
		int dash = this.source.lastIndexOf('-');
		return (dash > 0) ? this.source.substring(0, dash) : this.source;
	}

}
