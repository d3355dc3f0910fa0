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

import java.time.Instant;

import io.distributedtask.TaskContext;
import io.distributedtask.migration.Billing;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Knows the instant of a run, also if the run is late.
 */
class OwnedBilling extends Billing {

	OwnedBilling(JdbcTemplate jdbc, @Value("${pod}") String pod, @Value("${jobs.period-millis}") long periodMillis) {
		super(jdbc, pod, periodMillis);
	}

	@Override
	protected Instant due() {
		return TaskContext.current().scheduledTime();
	}

}
