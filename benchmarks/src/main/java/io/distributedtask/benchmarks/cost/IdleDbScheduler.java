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

import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.CronSchedule;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * An application whose tasks are in the table of db-scheduler.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class IdleDbScheduler {

	@Bean(initMethod = "start", destroyMethod = "stop")
	Scheduler scheduler(DataSource dataSource) {
		List<RecurringTask<Void>> tasks = new ArrayList<>();
		for (int i = 0; i < IdleApplication.TASKS; i++) {
			tasks.add(
					Tasks.recurring("task" + i, new CronSchedule(IdleApplication.CRON)).execute((instance, context) -> {
					}));
		}
		return Scheduler.create(dataSource).startTasks(tasks).build();
	}

}
