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

package io.distributedtask.autoconfigure;

import io.distributedtask.DistributedTask;
import io.distributedtask.TaskContext;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Application that says when it begins and ends to run a shard, to be run in a process of
 * its own. It needs nothing but what each version of the starter has.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class ShardsApplication {

	static final int SHARDS = 6;

	public static void main(String[] arguments) {
		SpringApplication.run(ShardsApplication.class, arguments);
	}

	@Bean
	Crawler crawler() {
		return new Crawler();
	}

	static class Crawler {

		@DistributedTask(name = "crawler", shards = SHARDS)
		void crawl(TaskContext task) {
			say("begins", task);
			try {
				while (task.isOwned()) {
					Thread.sleep(20);
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			say("ends", task);
		}

		private static void say(String what, TaskContext task) {
			System.out.printf("shard %s %d %d %d%n", what, System.currentTimeMillis(), task.shard(),
					task.fencingToken());
		}

	}

}
