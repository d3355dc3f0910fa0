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

package io.distributedtask.kotlin

import io.distributedtask.DistributedTasks
import io.distributedtask.test.AutoConfigureDistributedTasks
import io.distributedtask.test.TaskAssertions.assertThat
import io.distributedtask.test.TaskOwnership
import java.util.concurrent.TimeUnit
import org.assertj.core.api.Assertions.assertThat
import org.awaitility.Awaitility.await
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.springframework.beans.factory.annotation.Autowired
import org.springframework.boot.test.context.SpringBootTest

/**
 * Tests for an application in Kotlin whose tasks are suspend functions, plain functions and flows.
 */
@Timeout(60)
@SpringBootTest(properties = ["spring.application.name=kotlin"])
@AutoConfigureDistributedTasks
class KotlinTests {

	@Autowired
	lateinit var ownership: TaskOwnership

	@Autowired
	lateinit var tasks: DistributedTasks

	@Autowired
	lateinit var work: Work

	@Test
	fun `a suspend function is one run until its work is done`() {
		this.ownership.assign("suspending")
		assertThat(next()).isEqualTo("began, owned: true")
		assertThat(next()).isEqualTo("went on on another thread")
		await().untilAsserted { assertThat(this.tasks).task("suspending").hasRunOnce().hasNotFailed() }
	}

	@Test
	fun `a suspend function without a schedule is canceled as soon as its task is revoked`() {
		this.ownership.assign("endless")
		assertThat(next()).isEqualTo("began with token")
		this.ownership.revoke("endless")
		assertThat(next()).isEqualTo("canceled")
		assertThat(this.tasks).task("endless").isNotOwnedHere()
	}

	@Test
	fun `what a suspend function throws is the failure of its run`() {
		this.ownership.assign("failing")
		await().untilAsserted { assertThat(this.tasks).task("failing").hasFailed() }
		assertThat(this.tasks).task("failing").hasFailedWith("no store")
	}

	@Test
	fun `a flow is collected`() {
		this.ownership.assign("flowing")
		assertThat(listOf(next(), next())).containsExactly("1", "2")
		await().untilAsserted { assertThat(this.tasks).task("flowing").hasRunOnce().hasNotFailed() }
	}

	@Test
	fun `a function is called through the proxy of its bean`() {
		this.ownership.assign("transactional")
		assertThat(next()).isEqualTo("in a transaction: true")
	}

	private fun next() = this.work.events.poll(30, TimeUnit.SECONDS)

}
