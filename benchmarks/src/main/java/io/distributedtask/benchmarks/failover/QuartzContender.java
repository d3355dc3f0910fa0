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
import java.util.Objects;
import java.util.Properties;

import io.distributedtask.benchmarks.processes.BackendAddresses;
import org.jspecify.annotations.Nullable;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.ObjectAlreadyExistsException;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.impl.StdSchedulerFactory;

/**
 * Quartz with its clustered store: a job that asks for recovery, and whose run does not
 * end before the scheduler stops.
 */
final class QuartzContender implements Contender {

	private final Duration checkIn;

	private final Duration idleWait;

	private @Nullable Scheduler scheduler;

	private @Nullable Work work;

	QuartzContender(Duration checkIn, Duration idleWait) {
		this.checkIn = checkIn;
		this.idleWait = idleWait;
	}

	@Override
	public void start(String id, BackendAddresses backends, Work work) throws SchedulerException {
		Scheduler scheduler = new StdSchedulerFactory(properties(id, backends.jdbcUrl())).getScheduler();
		this.scheduler = scheduler;
		this.work = work;
		scheduler.getContext().put("work", work);
		JobDetail job = JobBuilder.newJob(Ticking.class).withIdentity("work").requestRecovery().build();
		Trigger trigger = TriggerBuilder.newTrigger()
			.withIdentity("work")
			.withSchedule(
					SimpleScheduleBuilder.repeatSecondlyForever().withMisfireHandlingInstructionNowWithRemainingCount())
			.build();
		try {
			scheduler.scheduleJob(job, trigger);
		}
		catch (ObjectAlreadyExistsException ex) {
			// another process was first
		}
		scheduler.start();
	}

	private Properties properties(String id, String url) {
		Properties properties = new Properties();
		properties.put("org.quartz.scheduler.instanceName", id);
		properties.put("org.quartz.scheduler.instanceId", "AUTO");
		properties.put("org.quartz.scheduler.skipUpdateCheck", "true");
		properties.put("org.quartz.scheduler.idleWaitTime", String.valueOf(this.idleWait.toMillis()));
		properties.put("org.quartz.threadPool.class", "org.quartz.simpl.SimpleThreadPool");
		properties.put("org.quartz.threadPool.threadCount", "2");
		properties.put("org.quartz.jobStore.class", "org.quartz.impl.jdbcjobstore.JobStoreTX");
		properties.put("org.quartz.jobStore.driverDelegateClass", "org.quartz.impl.jdbcjobstore.StdJDBCDelegate");
		properties.put("org.quartz.jobStore.dataSource", "database");
		properties.put("org.quartz.jobStore.isClustered", "true");
		properties.put("org.quartz.jobStore.clusterCheckinInterval", String.valueOf(this.checkIn.toMillis()));
		properties.put("org.quartz.dataSource.database.provider", "hikaricp");
		properties.put("org.quartz.dataSource.database.driver", "org.h2.Driver");
		properties.put("org.quartz.dataSource.database.URL", url);
		properties.put("org.quartz.dataSource.database.user", "sa");
		properties.put("org.quartz.dataSource.database.password", "");
		return properties;
	}

	@Override
	public void stop() throws SchedulerException {
		if (this.work != null) {
			this.work.stop();
		}
		if (this.scheduler != null) {
			this.scheduler.shutdown(true);
		}
	}

	/**
	 * The job.
	 */
	@DisallowConcurrentExecution
	public static final class Ticking implements Job {

		@Override
		public void execute(JobExecutionContext context) {
			try {
				Object work = context.getScheduler().getContext().get("work");
				((Work) Objects.requireNonNull(work)).runWhile(() -> true);
			}
			catch (SchedulerException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
