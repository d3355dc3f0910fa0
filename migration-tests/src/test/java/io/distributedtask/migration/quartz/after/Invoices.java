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

package io.distributedtask.migration.quartz.after;

import io.distributedtask.DistributedTask;
import io.distributedtask.TaskContext;
import io.distributedtask.migration.Billing;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * The task.
 */
@Component
class Invoices {

	private final Billing billing;

	Invoices(Billing billing) {
		this.billing = billing;
	}

	@DistributedTask("invoices")
	@Scheduled(cron = "${jobs.invoices}")
	void send(TaskContext task) {
		this.billing.sendInvoices(task.scheduledTime());
	}

}
