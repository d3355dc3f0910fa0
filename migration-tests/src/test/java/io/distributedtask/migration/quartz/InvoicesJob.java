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

package io.distributedtask.migration.quartz;

import java.time.Instant;

import io.distributedtask.migration.Billing;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobExecutionContext;

import org.springframework.beans.factory.annotation.Value;

/**
 * The job, whose class name is in the store. It runs what is due before the cut-over,
 * which is never in a release that does not know of one.
 */
@DisallowConcurrentExecution
public class InvoicesJob implements Job {

	private final Billing billing;

	private final Instant cutOver;

	InvoicesJob(Billing billing, @Value("${jobs.cut-over:9999-12-31T00:00:00Z}") Instant cutOver) {
		this.billing = billing;
		this.cutOver = cutOver;
	}

	@Override
	public void execute(JobExecutionContext context) {
		Instant due = context.getScheduledFireTime().toInstant();
		if (due.isBefore(this.cutOver)) {
			this.billing.sendInvoices(due);
		}
	}

}
