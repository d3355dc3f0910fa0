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

package io.distributedtask.migration.shedlock.both;

import io.distributedtask.DistributedTask;
import io.distributedtask.migration.Billing;
import net.javacrumbs.shedlock.core.LockAssert;
import net.javacrumbs.shedlock.spring.annotation.SchedulerLock;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Two jobs, owned, and guarded by ShedLock.
 */
@Component
class Jobs {

	private final Billing billing;

	Jobs(Billing billing) {
		this.billing = billing;
	}

	@DistributedTask("invoices")
	@Scheduled(cron = "${jobs.invoices}")
	@SchedulerLock(name = "invoices", lockAtMostFor = "10m", lockAtLeastFor = "${jobs.lock-at-least-for}")
	void sendInvoices() {
		LockAssert.assertLocked();
		this.billing.sendInvoices();
	}

	@DistributedTask("rates")
	@Scheduled(cron = "${jobs.rates}")
	@SchedulerLock(name = "rates", lockAtMostFor = "10m", lockAtLeastFor = "${jobs.lock-at-least-for}")
	void refreshRates() {
		LockAssert.assertLocked();
		this.billing.refreshRates();
	}

}
