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

package io.distributedtask.migration.quartz.before;

import io.distributedtask.migration.quartz.InvoicesJob;
import org.quartz.CronScheduleBuilder;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The job and its trigger.
 */
@Configuration(proxyBeanMethods = false)
class QuartzConfiguration {

	@Bean
	JobDetail invoicesJob() {
		return JobBuilder.newJob(InvoicesJob.class).withIdentity("invoices").storeDurably().build();
	}

	@Bean
	Trigger invoicesTrigger(JobDetail invoicesJob, @Value("${jobs.invoices}") String cron) {
		return TriggerBuilder.newTrigger()
			.forJob(invoicesJob)
			.withIdentity("invoices")
			.withSchedule(CronScheduleBuilder.cronSchedule(cron))
			.build();
	}

}
