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

package io.distributedtask.benchmarks.cost;

import org.quartz.CronScheduleBuilder;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;

import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/**
 * An application whose tasks are jobs of a Quartz cluster.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(IdleQuartz.Jobs.class)
class IdleQuartz {

	/**
	 * A hundred jobs.
	 */
	static class Jobs implements BeanRegistrar {

		@Override
		public void register(BeanRegistry registry, Environment environment) {
			for (int i = 0; i < IdleApplication.TASKS; i++) {
				JobDetail job = JobBuilder.newJob(Nothing.class).withIdentity("task" + i).storeDurably().build();
				Trigger trigger = TriggerBuilder.newTrigger()
					.forJob(job)
					.withIdentity("task" + i)
					.withSchedule(CronScheduleBuilder.cronSchedule("0 * * * * ?"))
					.build();
				registry.registerBean("job" + i, JobDetail.class, (spec) -> spec.supplier((context) -> job));
				registry.registerBean("trigger" + i, Trigger.class, (spec) -> spec.supplier((context) -> trigger));
			}
		}

	}

	/**
	 * A job.
	 */
	public static final class Nothing implements Job {

		@Override
		public void execute(JobExecutionContext context) {
		}

	}

}
