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

package io.distributedtask;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TaskDefinitionTests {

	@Test
	void isOneShardOfWeightOneForAnyInstance() {
		TaskDefinition task = TaskDefinition.of("invoices");
		assertThat(task.name()).isEqualTo("invoices");
		assertThat(task.shards()).isEqualTo(1);
		assertThat(task.weight()).isEqualTo(1.0);
		assertThat(task.requires().labels()).isEmpty();
	}

	@Test
	void changesOneThingAtATime() {
		TaskDefinition task = TaskDefinition.of("crawler").withShards(16).withWeight(0.5).withRequires("zone=eu");
		assertThat(task).isEqualTo(new TaskDefinition("crawler", 16, 0.5, LabelSelector.parse("zone=eu")));
	}

	@ParameterizedTest
	@ValueSource(strings = { "  ", " a", "a ", "a\u00a0", "\u3000a", "line\nbreak", "nul\0", "a\u2028b", "a\u0085b",
			"a\ud800b" })
	void refusesANameThatCannotBeShown(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> TaskDefinition.of(name))
			.withMessage("Task name '%s' must not contain control characters, or begin or end with a blank", name);
	}

	@ParameterizedTest
	@ValueSource(strings = { "tenants/7", "/", "a\\b", "a;b", "50%", "a%2Fb", ".", ".." })
	void refusesANameThatNoPathCanContain(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> TaskDefinition.of(name))
			.withMessageStartingWith("Task name '%s' cannot be part of a path", name);
	}

	@ParameterizedTest
	@ValueSource(strings = { "job.run", "Outer$Inner.run", "tenant:7", "a b", "größe", "任務", "\ud83d\ude80", "a?b#c",
			"a+b&c=d", "...", "a..b", "[a]{b}", "<a>", "'a'\"b\"", "a,b|c~d!e*f(g)@h^i`" })
	void acceptsNamesOfAllKinds(String name) {
		assertThat(TaskDefinition.of(name).name()).isEqualTo(name);
	}

	@Test
	void refusesTheEmptyName() {
		assertThatIllegalArgumentException().isThrownBy(() -> TaskDefinition.of(""))
			.withMessage("Task name '' must have 1 to 255 characters");
	}

	@Test
	void acceptsTheLongestNameAndRefusesALongerOne() {
		assertThat(TaskDefinition.of("n".repeat(255)).name()).hasSize(255);
		assertThatIllegalArgumentException().isThrownBy(() -> TaskDefinition.of("n".repeat(256)))
			.withMessageContaining("1 to 255 characters");
	}

	@ParameterizedTest
	@ValueSource(ints = { Integer.MIN_VALUE, -1, 0, 100_001 })
	void refusesANumberOfShardsOutOfRange(int shards) {
		assertThatIllegalArgumentException().isThrownBy(() -> TaskDefinition.of("crawler").withShards(shards))
			.withMessage("Task 'crawler' has %d shards: the number must be from 1 to 100000", shards);
	}

	@ParameterizedTest
	@ValueSource(doubles = { 0, -0.0, -1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY })
	void refusesAWeightThatIsNotPositiveAndFinite(double weight) {
		assertThatIllegalArgumentException().isThrownBy(() -> TaskDefinition.of("crawler").withWeight(weight))
			.withMessage("Task 'crawler' has weight %s: it must be a finite number greater than 0", weight);
	}

	@Test
	void refusesASelectorThatIsNone() {
		assertThatIllegalArgumentException().isThrownBy(() -> TaskDefinition.of("crawler").withRequires("eu"))
			.withMessageContaining("'eu' is not of the form key=value");
	}

}
