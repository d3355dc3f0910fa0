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

import java.util.Map;

import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.actuate.info.DistributedTasksInfoContributor;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.metrics.buffering.BufferingApplicationStartup;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DistributedTaskInfoAutoConfiguration}, and for the steps of the start.
 */
class DistributedTaskInfoAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DistributedTaskAutoConfiguration.class,
				DistributedTaskInfoAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop", "distributed-task.mode=local",
				"distributed-task.instance-name=shop-1");

	@Test
	void saysWhichGroupAndInstance() {
		this.contextRunner.run((context) -> {
			Info.Builder builder = new Info.Builder();
			context.getBean(DistributedTasksInfoContributor.class).contribute(builder);
			assertThat(builder.build().getDetails()).extractingByKey("distributedTasks")
				.asInstanceOf(InstanceOfAssertFactories.MAP)
				.containsEntry("group", "shop-tasks")
				.containsEntry("instance", "shop-1")
				.containsEntry("owned", 0)
				.containsKey("state");
		});
	}

	@Test
	void canBeSwitchedOff() {
		this.contextRunner.withPropertyValues("management.info.distributed-tasks.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(InfoContributor.class));
	}

	@Test
	void tellsThatTasksAreDisabled() {
		this.contextRunner.withPropertyValues("distributed-task.enabled=false").run((context) -> {
			Info.Builder builder = new Info.Builder();
			context.getBean(InfoContributor.class).contribute(builder);
			assertThat(builder.build().get("distributedTasks")).asInstanceOf(InstanceOfAssertFactories.MAP)
				.containsEntry("state", GroupStatus.STOPPED)
				.containsEntry("owned", 0);
		});
	}

	@Test
	void isNotThereWithoutTheActuator() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(InfoContributor.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("distributedTasksInfoContributor"));
	}

	@Test
	void theStartHasSteps() {
		BufferingApplicationStartup startup = new BufferingApplicationStartup(2048);
		this.contextRunner
			.withInitializer((context) -> ((AnnotationConfigApplicationContext) context).setApplicationStartup(startup))
			.run((context) -> {
				assertThat(startup.getBufferedTimeline().getEvents())
					.extracting((event) -> event.getStartupStep().getName())
					.contains("distributed-task.check", "distributed-task.start");
				assertThat(startup.getBufferedTimeline().getEvents())
					.filteredOn((event) -> event.getStartupStep().getName().equals("distributed-task.start"))
					.singleElement()
					.satisfies((event) -> assertThat(event.getStartupStep().getTags())
						.map((tag) -> Map.entry(tag.getKey(), tag.getValue()))
						.containsExactly(Map.entry("group", "shop-tasks"), Map.entry("instance", "shop-1"),
								Map.entry("tasks", "0")));
			});
	}

}
