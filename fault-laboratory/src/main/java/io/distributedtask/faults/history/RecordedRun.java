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

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A history together with what can be read out of it before any promise is thought of.
 *
 * @param history the history
 * @param group what was under test
 * @param faults the faults, by their beginning
 * @param lives the processes of instances, by source
 * @param spans the ownerships by shard, by their beginning
 */
public record RecordedRun(History history, GroupUnderTest group, List<Fault> faults, Map<String, Life> lives,
		Map<String, List<Span>> spans) {

	public static RecordedRun of(History history, GroupUnderTest group) {
		List<Fault> faults = Fault.of(history);
		Map<String, Life> lives = Life.of(history, faults);
		return new RecordedRun(history, group, faults, lives, SpanBuilder.build(history, group, lives, faults));
	}

	/**
	 * How long a fault that is over may still have consequences: a member is missed one
	 * session timeout after its last heartbeat, and that is heard of at the next
	 * heartbeats.
	 */
	public long aftermath() {
		return this.group.sessionTimeout().plus(this.group.heartbeatInterval().multipliedBy(2)).toNanos();
	}

	/**
	 * The faults that lasted, or whose aftermath lasted, at some time of an interval.
	 */
	public Stream<Fault> faultsAround(long from, long to, Predicate<Fault> which) {
		return this.faults.stream().filter(which).filter((fault) -> fault.overlaps(from - aftermath(), to));
	}

	public boolean hasFault(long from, long to, Predicate<Fault> which) {
		return faultsAround(from, to, which).findAny().isPresent();
	}

	public Life life(String source) {
		Life life = this.lives.get(source);
		if (life == null) {
			throw new IllegalArgumentException("Nothing was heard of " + source);
		}
		return life;
	}

}
