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

import io.distributedtask.sample.DemonstrationOptions.Action;
import io.distributedtask.sample.Script.Step;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Script}.
 */
class ScriptTests {

	@Test
	void readsStepsInTheOrderOfTheirTimes() {
		Script script = Script.parse("add@20s, kill@1500ms,quit@1m");
		assertThat(script.steps()).containsExactly(new Step(Action.KILL, Duration.ofMillis(1500)),
				new Step(Action.ADD, Duration.ofSeconds(20)), new Step(Action.QUIT, Duration.ofMinutes(1)));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			value = { "kill|'kill' is not a step", "kill@5|'kill@5' is not a step",
					"kill@10s,,quit@20s|'' is not a step", "hug@3s,quit@4s|'hug' is not an action",
					"kill@10s|its last step must be quit", "quit@10s,kill@20s|its last step must be quit" })
	void saysWhatIsWrong(String text, String message) {
		assertThatIllegalArgumentException().isThrownBy(() -> Script.parse(text)).withMessageContaining(message);
	}

}
