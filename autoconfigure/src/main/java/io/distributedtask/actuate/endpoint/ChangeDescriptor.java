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

package io.distributedtask.actuate.endpoint;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.distributedtask.event.GroupRebalancedEvent;
import io.distributedtask.event.InstanceCrashedEvent;
import io.distributedtask.event.MembershipLostEvent;
import io.distributedtask.event.OperatorDecisionEvent;
import org.jspecify.annotations.Nullable;

/**
 * Description of a change in the group.
 *
 * @param at when it happened
 * @param kind the kind of change
 * @param task the name of the task
 * @param shards its shards, as ranges
 * @param from the instance that had them, or that left
 * @param to the instance that has them now, or that joined
 * @param generation the generation of the group at that time, -1 for none
 * @param reason the reason, as text for people
 * @param leader the instance that computed the assignment
 * @param instances the number of instances that the assignment was computed for
 * @param askedOn the instance that received the request of an operator
 * @since 0.1.0
 */
@JsonInclude(Include.NON_NULL)
public record ChangeDescriptor(Instant at, ChangeKind kind, @Nullable String task, @Nullable String shards,
		@Nullable String from, @Nullable String to, int generation, @Nullable String reason, @Nullable String leader,
		@Nullable Integer instances, @Nullable String askedOn) {

	public ChangeDescriptor {
		at = at.truncatedTo(ChronoUnit.MILLIS);
	}

	static ChangeDescriptor rebalanced(Instant at, GroupRebalancedEvent event) {
		return new ChangeDescriptor(at, ChangeKind.REBALANCED, null, null, null, null, event.generation(),
				event.reason(), event.leader(), event.instances(), null);
	}

	/**
	 * From a time on nothing is known of the group.
	 */
	static ChangeDescriptor unknown(MembershipLostEvent event, int generation) {
		return new ChangeDescriptor(event.lastContact(), ChangeKind.UNKNOWN, null, null, null, null, generation,
				event.reason(), null, null, null);
	}

	static ChangeDescriptor crashed(Instant at, InstanceCrashedEvent event, int generation) {
		String reason = "found by the crash watch; others had its shards after %d ms"
			.formatted(event.duration().toMillis());
		return new ChangeDescriptor(at, ChangeKind.CRASHED, null, null, event.instance(), null, generation, reason,
				null, null, null);
	}

	static ChangeDescriptor decided(OperatorDecisionEvent event, int generation) {
		String shards = (event.shard() != null) ? String.valueOf(event.shard()) : null;
		return new ChangeDescriptor(event.at(), ChangeKind.DECIDED, event.task(), shards, null, event.instance(),
				generation, event.decision().name().toLowerCase(Locale.ROOT), null, null, event.askedOn());
	}

	static ChangeDescriptor ofInstance(Instant at, ChangeKind kind, @Nullable String from, @Nullable String to,
			int generation) {
		return new ChangeDescriptor(at, kind, null, null, from, to, generation, null, null, null, null);
	}

	static ChangeDescriptor more(Instant at, int generation, String what) {
		return new ChangeDescriptor(at, ChangeKind.MORE, null, null, null, null, generation, what, null, null, null);
	}

	/**
	 * Something that happens to shards of a task, which are not named yet.
	 */
	static ChangeDescriptor ofTask(Instant at, ChangeKind kind, String task, @Nullable String from, @Nullable String to,
			int generation, @Nullable String reason) {
		return new ChangeDescriptor(at, kind, task, null, from, to, generation, reason, null, null, null);
	}

	ChangeDescriptor withShards(String shards) {
		return new ChangeDescriptor(this.at, this.kind, this.task, shards, this.from, this.to, this.generation,
				this.reason, this.leader, this.instances, this.askedOn);
	}

	/**
	 * The kinds of changes.
	 */
	public enum ChangeKind {

		/** The group has a new assignment. */
		REBALANCED,
		/** An instance joined. */
		JOINED,
		/** An instance left or vanished. */
		LEFT,
		/** Shards without an owner got an owner. */
		ASSIGNED,
		/** Shards moved from one owner to another. */
		MOVED,
		/**
		 * An owner was told to stop shards, or has stopped them, and nobody owns them
		 * yet.
		 */
		REVOKED,
		/** Shards have lost their owner without a hand-over. */
		LOST,
		/**
		 * From this time on the state of the group is not known, until the next
		 * assignment.
		 */
		UNKNOWN,
		/** The crash watch of this instance has found that a process has ended. */
		CRASHED,
		/** An operator has made a request. */
		DECIDED,
		/** There were more changes at once than are listed. */
		MORE

	}

}
