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

import java.util.List;

import io.distributedtask.assignment.GroupState;
import io.distributedtask.assignment.TaskAssignment;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.internal.annotation.TaskConfigurationException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TaskAssignors}.
 */
class TaskAssignorsTests {

	@Test
	void selectsInOrderOfPreference() {
		List<TaskAssignor> selected = TaskAssignors.select(List.of("own", "sticky"),
				List.of(new NamedAssignor("other"), new NamedAssignor("own")));
		assertThat(selected).extracting(TaskAssignor::name).containsExactly("own", "sticky");
	}

	@Test
	void unknownNameFailsWithKnownOnes() {
		assertThatExceptionOfType(TaskConfigurationException.class)
			.isThrownBy(() -> TaskAssignors.select(List.of("sticki"), List.of(new NamedAssignor("own"))))
			.withMessage("Property 'distributed-task.assignors' has the invalid value 'sticki'. "
					+ "There is no assignor 'sticki'.")
			.satisfies((ex) -> assertThat(ex.action()).isEqualTo(
					"Use one of the assignors 'own', 'rendezvous', 'sticky', 'zone-spread', or add a TaskAssignor bean "
							+ "whose name() is 'sticki'."));
	}

	@Test
	void twoOfOneNameFail() {
		assertThatExceptionOfType(TaskConfigurationException.class)
			.isThrownBy(() -> TaskAssignors.select(List.of("sticky"), List.of(new NamedAssignor("sticky"))))
			.withMessageContaining("Two task assignors have the name 'sticky'")
			.withMessageContaining(NamedAssignor.class.getName());
	}

	@Test
	void nameThatIsNoProtocolNameFails() {
		assertThatExceptionOfType(TaskConfigurationException.class)
			.isThrownBy(() -> TaskAssignors.select(List.of("sticky"), List.of(new NamedAssignor("my own"))))
			.withMessageContaining("'my own'");
	}

	private record NamedAssignor(String name) implements TaskAssignor {

		@Override
		public TaskAssignment assign(GroupState group) {
			throw new UnsupportedOperationException();
		}

	}

}
