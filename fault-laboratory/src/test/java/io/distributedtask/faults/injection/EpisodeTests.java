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

package io.distributedtask.faults.injection;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import io.distributedtask.faults.history.FaultKind;
import io.distributedtask.faults.injection.Episode.DrawnFault;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Episode}.
 */
class EpisodeTests {

	@Test
	void aSeriesIsTwentyKillsWithinAMinute() {
		List<DrawnFault> faults = Episode.draw(new SplittableRandom(1), Map.of(FaultKind.KILL_SERIES, 1)).faults();
		assertThat(faults).extracting(DrawnFault::kind).containsOnly(FaultKind.KILL);
		assertThat(faults).hasSize(20).allMatch((fault) -> fault.atMillis() < 60_000);
		assertThat(faults).extracting(DrawnFault::seed).doesNotHaveDuplicates();
	}

}
