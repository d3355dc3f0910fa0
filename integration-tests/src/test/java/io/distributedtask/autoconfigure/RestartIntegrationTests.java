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

package io.distributedtask.autoconfigure;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Integration tests of what becomes of an instance's shards while it restarts and they
 * are kept for its return.
 */
class RestartIntegrationTests extends RestartedInstances {

	@Test
	void aRollingRestartWithinTheDelayMovesNothing() {
		rollingRestartMovesNothing("--distributed-task.rebalance-delay=2m");
	}

	@Test
	void whoCrashesAndIsBackWithinTheDelayGetsItsOwn() {
		List<String> three = List.of("a", "b", "c");
		three.forEach((name) -> start(name, "--distributed-task.rebalance-delay=2m"));
		Map<Integer, String> before = awaitOwners();
		// the leader, and one that is not
		for (String name : List.of("a", "c")) {
			int starts = journal.starts.size();
			this.instances.crash(name);
			awaitUnassigned(this.instances.otherThan(name), "reserved for " + name + " until ");
			start(name, "--distributed-task.rebalance-delay=2m");
			assertThat(awaitOwners()).isEqualTo(before);
			assertThat(journal.starts.subList(starts, journal.starts.size()))
				.allSatisfy((start) -> assertThat(start.instance()).isEqualTo(name));
		}
	}

	@Test
	void othersGetTheShardsOfWhoDoesNotComeBackWithinTheDelay() {
		List.of("a", "b", "c").forEach((name) -> start(name, "--distributed-task.rebalance-delay=3s"));
		awaitOwners();
		this.instances.crash("b");
		Instant end = awaitUnassigned("a", "reserved for b until ");
		await().until(() -> owners().size() == SHARDS && !owners().containsValue("b"));
		assertThat(Instant.now()).isAfterOrEqualTo(end);
		stop("c");
		await().until(() -> owners().size() == SHARDS && !owners().containsValue("c"));
	}

}
