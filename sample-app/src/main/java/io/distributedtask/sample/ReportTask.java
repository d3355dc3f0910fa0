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

package io.distributedtask.sample;

import io.distributedtask.DistributedTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Logs how far the work has come.
 */
@Component
class ReportTask {

	private static final Logger logger = LoggerFactory.getLogger(ReportTask.class);

	private final ChecksumReports reports;

	ReportTask(ChecksumReports reports) {
		this.reports = reports;
	}

	@DistributedTask("report")
	@Scheduled(fixedRateString = "${checksums.report-interval:10s}")
	void report() {
		Progress progress = this.reports.progress();
		logger.info("{} of {} files hashed, {} could not be read", progress.hashed(), progress.files(),
				progress.unreadable());
	}

}
