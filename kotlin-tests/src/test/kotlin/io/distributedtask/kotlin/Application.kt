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

import io.distributedtask.DistributedTask
import io.distributedtask.TaskContext
import java.util.concurrent.BlockingQueue
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.withContext
import org.springframework.boot.autoconfigure.SpringBootApplication
import org.springframework.scheduling.annotation.EnableScheduling
import org.springframework.scheduling.annotation.Scheduled
import org.springframework.stereotype.Component
import org.springframework.transaction.annotation.Transactional
import org.springframework.transaction.support.TransactionSynchronizationManager

@SpringBootApplication
@EnableScheduling
class Application

@Component
class Work {

	// a proxy of this class has no fields of its own
	final val events: BlockingQueue<String> = LinkedBlockingQueue()

}

@Component
class Tasks(private val work: Work) {

	@DistributedTask("suspending")
	@Scheduled(fixedDelay = 1, timeUnit = TimeUnit.HOURS)
	suspend fun suspending(task: TaskContext) {
		this.work.events.add("began, owned: ${task.isOwned}")
		withContext(Dispatchers.Default) {
			delay(1)
			work.events.add("went on on another thread")
		}
	}

	@DistributedTask("endless")
	suspend fun endless() {
		this.work.events.add("began with " + if (TaskContext.current().fencingToken() > 0) "token" else "nothing")
		try {
			awaitCancellation()
		}
		catch (ex: CancellationException) {
			this.work.events.add("canceled")
			throw ex
		}
	}

	@DistributedTask("failing")
	@Scheduled(fixedDelay = 1, timeUnit = TimeUnit.HOURS)
	suspend fun failing() {
		delay(1)
		throw IllegalStateException("no store")
	}

	@DistributedTask("flowing")
	@Scheduled(fixedDelay = 1, timeUnit = TimeUnit.HOURS)
	fun flowing(): Flow<Int> = flow {
		for (number in 1..2) {
			delay(1)
			work.events.add(number.toString())
			emit(number)
		}
	}

}

@Component
class Transactions(private val work: Work) {

	@DistributedTask("transactional")
	@Scheduled(fixedDelay = 1, timeUnit = TimeUnit.HOURS)
	@Transactional
	fun transactional() {
		this.work.events.add("in a transaction: ${TransactionSynchronizationManager.isActualTransactionActive()}")
	}

}
