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

package io.distributedtask.benchmarks.failover;

import java.time.Duration;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.distributedtask.benchmarks.processes.BackendAddresses;
import org.jspecify.annotations.Nullable;

/**
 * The library db-scheduler: a recurring task whose run does not end before the scheduler
 * stops.
 */
final class DbSchedulerContender implements Contender {

	private final Duration polling;

	private final Duration heartbeat;

	private final int missedHeartbeats;

	private @Nullable Scheduler scheduler;

	DbSchedulerContender(Duration polling, Duration heartbeat, int missedHeartbeats) {
		this.polling = polling;
		this.heartbeat = heartbeat;
		this.missedHeartbeats = missedHeartbeats;
	}

	@Override
	public void start(String id, BackendAddresses backends, Work work) {
		RecurringTask<Void> task = Tasks.recurring(id, FixedDelay.ofMillis(200))
			.execute((instance, context) -> work.runWhile(() -> !context.getSchedulerState().isShuttingDown()));
		Scheduler scheduler = Scheduler.create(Database.connect(backends.jdbcUrl()))
			.schedulerName(new SchedulerName.Fixed(id + "-" + ProcessHandle.current().pid()))
			.startTasks(task)
			.threads(2)
			.pollingInterval(this.polling)
			.heartbeatInterval(this.heartbeat)
			.missedHeartbeatsLimit(this.missedHeartbeats)
			.build();
		this.scheduler = scheduler;
		scheduler.start();
	}

	@Override
	public void stop() {
		if (this.scheduler != null) {
			this.scheduler.stop();
		}
	}

}
