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

package io.distributedtask.sample;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import io.distributedtask.TaskId;
import io.distributedtask.sample.Departure.Outcome;
import io.distributedtask.sample.OwnershipEvent.Kind;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Departure} and {@link Summary}.
 */
class DepartureTests {

	private static final Instant SIGNAL = Instant.parse("2026-11-24T10:00:00Z");

	private final Departure departure = new Departure("one", true, SIGNAL);

	private final List<OwnershipEvent> events = new ArrayList<>();

	@Test
	void timesEachShardUntilItRunsElsewhere() {
		event("digest", 0, "one", Kind.RUNNING, -100);
		event("digest", 1, "one", Kind.RUNNING, -100);
		event("digest", 2, "one", Kind.RUNNING, -100);
		event("digest", 3, "two", Kind.RUNNING, -100);
		event("digest", 0, "two", Kind.RUNNING, 200);
		event("digest", 1, "two", Kind.RUNNING, 300);
		event("digest", 2, "two", Kind.RUNNING, 900);
		event("digest", 2, "three", Kind.RUNNING, 5000);
		event("digest", 3, "three", Kind.RUNNING, 6000);
		Outcome outcome = this.departure.outcome(this.events);
		assertThat(outcome.isComplete()).isTrue();
		assertThat(outcome.shards()).isEqualTo(3);
		assertThat(outcome.median()).isEqualTo(Duration.ofMillis(300));
		assertThat(outcome.max()).isEqualTo(Duration.ofMillis(900));
	}

	@Test
	void leavesOutWhatHadBeenHandedOverBefore() {
		event("digest", 0, "one", Kind.RUNNING, -100);
		event("digest", 0, "one", Kind.REVOKED, -50);
		event("digest", 1, "one", Kind.RUNNING, -100);
		event("digest", 1, "two", Kind.RUNNING, -50);
		assertThat(this.departure.outcome(this.events)).isEqualTo(new Outcome(0, List.of()));
	}

	@Test
	void isNotCompleteWhileShardRunsNowhere() {
		event("digest", 0, "one", Kind.RUNNING, -100);
		event("digest", 1, "one", Kind.RUNNING, -100);
		event("digest", 1, "two", Kind.ASSIGNED, 10);
		event("digest", 0, "two", Kind.RUNNING, 20);
		Outcome outcome = this.departure.outcome(this.events);
		assertThat(outcome.isComplete()).isFalse();
		assertThat(outcome.times()).containsExactly(Duration.ofMillis(20));
	}

	@Test
	void tellsEventsInFewWords() {
		event("leader", 0, "one", Kind.ASSIGNED, 0);
		event("digest", 3, "one", Kind.ASSIGNED, 0);
		event("digest", 1, "two", Kind.REVOKED, 0);
		event("digest", 2, "one", Kind.ASSIGNED, 0);
		event("digest", 2, "one", Kind.RUNNING, 0);
		assertThat(OwnershipEvents.tell(this.events)).containsExactly("one got digest 2-3, leader",
				"two gave back digest 1");
	}

	private void event(String task, int shard, String instance, Kind kind, long millis) {
		this.events.add(new OwnershipEvent(this.events.size(), new TaskId(task, shard), instance, kind,
				SIGNAL.plusMillis(millis)));
	}

}
