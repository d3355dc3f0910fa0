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

package io.distributedtask.internal.message;

import java.util.Random;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ShardSet}.
 */
class ShardSetTests {

	@Test
	void isWrittenAsRanges() {
		assertThat(ShardSet.of(IntStream.range(0, 100).toArray())).hasToString("0-99");
		assertThat(ShardSet.of(0, 1, 2, 5, 7, 8)).hasToString("0-2,5,7-8");
		assertThat(ShardSet.EMPTY).hasToString("");
	}

	@Test
	void isReadAsWritten() {
		for (long seed = 0; seed < 1000; seed++) {
			ShardSet set = ShardSet.of(new Random(seed).ints(20, 0, 64).toArray());
			assertThat(ShardSet.parse(set.toString(), 64)).as("seed %d", seed).isEqualTo(set);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "a", "1,", ",", "-", "1-", "-1", "2-1", "1,1", "3,2", "0-64", "64", "99999999999", " 1",
			"0-2000000000", "1-2-3" })
	void refusesWhatIsNoListOfRanges(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> ShardSet.parse(text, 64)).withMessageContaining(text);
	}

}
