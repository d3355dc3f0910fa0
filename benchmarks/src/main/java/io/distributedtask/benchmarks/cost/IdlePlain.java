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

import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * An application whose tasks run on every instance.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableScheduling
@Import(IdlePlain.Tasks.class)
class IdlePlain {

	/**
	 * A hundred tasks.
	 */
	static class Tasks implements BeanRegistrar {

		@Override
		public void register(BeanRegistry registry, Environment environment) {
			for (int i = 0; i < IdleApplication.TASKS; i++) {
				registry.registerBean("task" + i, Task.class);
			}
		}

	}

	/**
	 * A task.
	 */
	static class Task {

		@Scheduled(cron = IdleApplication.CRON)
		void run() {
		}

	}

}
