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

package io.distributedtask.migration;

import io.distributedtask.event.TaskAssignedEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.event.EventListener;

/**
 * Tells the test which tasks an instance owns.
 */
public class Announcement {

	private static final Logger logger = LoggerFactory.getLogger(Announcement.class);

	@EventListener
	void assigned(TaskAssignedEvent event) {
		logger.info("{}{}", Pod.OWNS, event.task().name());
	}

}
