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

package io.distributedtask.test;

import io.distributedtask.DistributedTasks;
import org.junit.jupiter.api.Test;

import org.springframework.beans.BeanUtils;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.TestContextManager;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link TaskOwnership} in contexts that Spring's test framework pauses while
 * another one is used, and restarts.
 */
class CachedContextTests {

	@Test
	void aContextThatIsPausedOwnsNothingAndOneThatIsRestartedCanOwn() throws Exception {
		for (int time = 0; time < 2; time++) {
			TestClass first = prepare(First.class);
			first.ownership.assign("statistics");
			assertThat(first.tasks.isOwner("statistics")).isTrue();
			new TestContextManager(First.class).afterTestClass();
			TestClass second = prepare(Second.class);
			assertThat(second.tasks).isNotSameAs(first.tasks);
			assertThat(first.tasks.isOwner("statistics")).isFalse();
			assertThatIllegalStateException().isThrownBy(() -> first.ownership.assign("statistics"))
				.withMessageContaining("paused");
			second.ownership.assign("statistics");
			assertThat(second.tasks.isOwner("statistics")).isTrue();
			new TestContextManager(Second.class).afterTestClass();
		}
	}

	private static TestClass prepare(Class<? extends TestClass> type) throws Exception {
		TestContextManager manager = new TestContextManager(type);
		manager.beforeTestClass();
		TestClass test = BeanUtils.instantiateClass(type);
		manager.prepareTestInstance(test);
		return test;
	}

	@SpringBootTest(classes = Shop.class, webEnvironment = WebEnvironment.NONE)
	@AutoConfigureDistributedTasks
	static class TestClass {

		@Autowired
		TaskOwnership ownership;

		@Autowired
		DistributedTasks tasks;

	}

	@TestPropertySource(properties = "distributed-task.revoke-timeout=1s")
	static class First extends TestClass {

	}

	@TestPropertySource(properties = "distributed-task.static-member-id=shop-1")
	static class Second extends TestClass {

	}

}
