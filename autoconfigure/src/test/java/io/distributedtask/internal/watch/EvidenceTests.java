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

package io.distributedtask.internal.watch;

import io.distributedtask.internal.watch.Evidence.Answer;
import io.distributedtask.internal.watch.Evidence.Ending;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What proves that a process has ended, and what does not.
 */
class EvidenceTests {

	@ParameterizedTest
	@CsvSource({ "CLOSED, REFUSED, true", "CLOSED, OTHER_PROCESS, true", "CLOSED, SAME_PROCESS, false",
			"CLOSED, NONE, false", "FAILED, REFUSED, false", "FAILED, OTHER_PROCESS, false",
			"FAILED, SAME_PROCESS, false", "FAILED, NONE, false" })
	void onlyAnOrderlyEndAndAnAnswerThatNoLivingProcessGivesAreAProof(Ending ending, Answer answer, boolean isProof) {
		assertThat(Evidence.isProof(ending, answer)).isEqualTo(isProof);
	}

}
