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

import java.time.Duration;
import java.time.Instant;

import javax.sql.DataSource;

import net.javacrumbs.shedlock.core.DefaultLockingTaskExecutor;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockingTaskExecutor;
import net.javacrumbs.shedlock.provider.jdbctemplate.JdbcTemplateLockProvider;

import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * An application whose tasks are locked.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableScheduling
@Import(IdleShedLock.Tasks.class)
class IdleShedLock {

	@Bean
	LockingTaskExecutor locks(DataSource dataSource) {
		return new DefaultLockingTaskExecutor(
				new JdbcTemplateLockProvider(JdbcTemplateLockProvider.Configuration.builder()
					.withJdbcTemplate(new JdbcTemplate(dataSource))
					.usingDbTime()
					.build()));
	}

	/**
	 * A hundred tasks.
	 */
	static class Tasks implements BeanRegistrar {

		@Override
		public void register(BeanRegistry registry, Environment environment) {
			for (int i = 0; i < IdleApplication.TASKS; i++) {
				String name = "task" + i;
				registry.registerBean(name, Task.class,
						(spec) -> spec.supplier((context) -> new Task(name, context.bean(LockingTaskExecutor.class))));
			}
		}

	}

	/**
	 * A task.
	 */
	static class Task {

		private static final Duration AT_MOST = Duration.ofSeconds(50);

		private static final Duration AT_LEAST = Duration.ofSeconds(10);

		private final String name;

		private final LockingTaskExecutor locks;

		Task(String name, LockingTaskExecutor locks) {
			this.name = name;
			this.locks = locks;
		}

		@Scheduled(cron = IdleApplication.CRON)
		void run() {
			this.locks.executeWithLock((Runnable) () -> {
			}, new LockConfiguration(Instant.now(), this.name, AT_MOST, AT_LEAST));
		}

	}

}
