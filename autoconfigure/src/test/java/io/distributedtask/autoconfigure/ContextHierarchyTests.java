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

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.DistributedTask;
import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskContext;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskSource;
import io.distributedtask.TaskWork;
import io.distributedtask.actuate.endpoint.AssignmentHistory;
import io.distributedtask.actuate.endpoint.AssignmentsEndpoint;
import io.distributedtask.actuate.health.DistributedTasksHealthIndicator;
import io.distributedtask.actuate.info.DistributedTasksInfoContributor;
import io.distributedtask.actuate.metrics.DistributedTasksMetrics;
import io.distributedtask.assignment.GroupState;
import io.distributedtask.assignment.TaskAssignment;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.event.TaskAssignedEvent;
import io.distributedtask.event.TaskRevokedEvent;
import io.distributedtask.internal.annotation.TaskConfigurationException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.DefaultEventListenerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.context.event.EventListenerMethodProcessor;
import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests of contexts that are parents and children of each other, and of what each has of
 * its own.
 */
class ContextHierarchyTests {

	private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations.of(
			DistributedTaskAutoConfiguration.class, DistributedTaskEndpointAutoConfiguration.class,
			DistributedTaskHealthAutoConfiguration.class, DistributedTaskInfoAutoConfiguration.class,
			DistributedTaskMetricsAutoConfiguration.class);

	private final ApplicationContextRunner parent = new ApplicationContextRunner().withConfiguration(CONFIGURATIONS)
		.withUserConfiguration(ParentTask.class)
		.withPropertyValues("distributed-task.mode=local", "distributed-task.group-id=parent",
				"management.endpoints.web.exposure.include=*");

	private final ApplicationContextRunner child = new ApplicationContextRunner().withConfiguration(CONFIGURATIONS)
		.withUserConfiguration(ChildTask.class)
		.withPropertyValues("distributed-task.mode=local", "distributed-task.group-id=child",
				"management.endpoints.web.exposure.include=*");

	@Test
	void eachContextHasBeansOfItsOwn() {
		run(this.parent.withBean(SimpleMeterRegistry.class), this.child, (parent, child) -> {
			for (Class<?> type : List.of(DistributedTasks.class, AssignmentsEndpoint.class, AssignmentHistory.class,
					DistributedTasksHealthIndicator.class, DistributedTasksInfoContributor.class,
					DistributedTasksMetrics.class)) {
				assertThat(child.getBean(type)).as(type.getName()).isNotSameAs(parent.getBean(type));
				assertThat(child.getBeanNamesForType(type)).as(type.getName()).hasSize(1);
			}
			assertThat(child.getBean(AssignmentsEndpoint.class).assignments(false).group().id()).isEqualTo("child");
			assertThat(parent.getBean(AssignmentsEndpoint.class).assignments(false).group().id()).isEqualTo("parent");
			awaitOwner(parent, "parent-task");
			awaitOwner(child, "child-task");
			assertThat(tasks(parent).isOwner("child-task")).isFalse();
			assertThat(tasks(child).isOwner("parent-task")).isFalse();
			assertThat(tasks(child).assignments().tasks()).hasSize(1);
		});
	}

	@Test
	void aChildInAGroupDoesNotRunByItselfBelowALocalParent() {
		run(this.parent,
				this.child
					.withConfiguration(AutoConfigurations.of(KafkaAutoConfiguration.class, SslAutoConfiguration.class))
					.withPropertyValues("distributed-task.mode=kafka", "spring.kafka.bootstrap-servers=localhost:1"),
				(parent, child) -> {
					awaitOwner(parent, "parent-task");
					assertThat(tasks(child).membership().state()).isNotEqualTo(GroupStatus.LOCAL);
					assertThat(child.getBean(ChildTask.class).assigned).isEmpty();
				});
	}

	@Test
	void aChildInAGroupNeedsAConnectionOfItsOwn() {
		this.parent.run((parent) -> this.child.withParent(parent)
			.withPropertyValues("distributed-task.mode=kafka")
			.run((child) -> assertThat(child).getFailure().isInstanceOf(TaskConfigurationException.class)));
	}

	@Test
	void siblingsAreInstancesOfTheirOwn() {
		run(this.parent, this.child, (parent, first) -> this.child.withParent(parent).run((second) -> {
			awaitOwner(first, "child-task");
			awaitOwner(second, "child-task");
			assertThat(tasks(first)).isNotSameAs(tasks(second));
			assertThat(tasks(first).membership().instance()).isNotEqualTo(tasks(second).membership().instance());
		}));
	}

	@Test
	void injectsAndShowsWhatIsNearest() {
		DistributedTasks own = mock(DistributedTasks.class);
		AssignmentsEndpoint ownEndpoint = new AssignmentsEndpoint(own, mock(AssignmentHistory.class));
		run(this.parent.withBean("ownTasks", DistributedTasks.class, () -> own)
			.withBean("ownEndpoint", AssignmentsEndpoint.class, () -> ownEndpoint), this.child.withBean(Caller.class),
				(parent, child) -> {
					assertThat(parent.getBean(DistributedTasks.class)).isSameAs(own);
					assertThat(child.getBean(Caller.class).tasks).isSameAs(child.getBean("distributedTasks"))
						.isNotSameAs(own);
				});
		run(this.parent, this.child.withBean(Caller.class).withBean("ownTasks", DistributedTasks.class, () -> own),
				(parent, child) -> {
					assertThat(child.getBean(Caller.class).tasks).isSameAs(own);
					assertThat(parent.getBean(DistributedTasks.class)).isSameAs(parent.getBean("distributedTasks"));
				});
	}

	@Test
	void endpointsOfOneIdDoNotMeet() {
		WebApplicationContextRunner web = new WebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withConfiguration(
					AutoConfigurations.of(EndpointAutoConfiguration.class, WebEndpointAutoConfiguration.class))
			.withPropertyValues("distributed-task.mode=local", "distributed-task.group-id=child",
					"management.endpoints.web.exposure.include=*");
		AssignmentsEndpoint own = new AssignmentsEndpoint(mock(DistributedTasks.class), mock(AssignmentHistory.class));
		this.parent.withBean("ownEndpoint", AssignmentsEndpoint.class, () -> own)
			.run((parent) -> web.withParent(parent)
				.run((child) -> assertThat(child.getBean(WebEndpointsSupplier.class).getEndpoints()).hasSize(1)));
		this.parent.run((parent) -> web.withBean("ownEndpoint", AssignmentsEndpoint.class, () -> own)
			.withParent(parent)
			.run((child) -> assertThat(child.getBean(WebEndpointsSupplier.class).getEndpoints()).hasSize(1)));
	}

	@Test
	void eventsReachContextsWithoutTasksOfTheirOwnOnly() {
		try (GenericApplicationContext top = new GenericApplicationContext()) {
			top.registerBean(Events.class);
			top.registerBean(EventListenerMethodProcessor.class);
			top.registerBean(DefaultEventListenerFactory.class);
			top.refresh();
			run(this.parent.withParent(top).withBean(Events.class), this.child.withBean(Events.class),
					(middle, bottom) -> {
						await().untilAsserted(() -> {
							assertThat(bottom.getBean(Events.class).tasks).containsExactly("child-task");
							assertThat(middle.getBean(Events.class).tasks).containsExactly("parent-task");
							assertThat(top.getBean(Events.class).tasks).containsExactly("parent-task");
						});
						bottom.getSourceApplicationContext(GenericApplicationContext.class).stop();
						assertThat(bottom.getBean(Events.class).tasks).containsExactly("child-task", "child-task");
						assertThat(middle.getBean(Events.class).tasks).containsExactly("parent-task");
						assertThat(tasks(middle).isOwner("parent-task")).isTrue();
					});
		}
	}

	@Test
	void sourcesOfAContextWithTasksAreItsOwn() {
		try (GenericApplicationContext plain = new GenericApplicationContext()) {
			plain.registerBean("plainSource", TaskSource.class, () -> new Source("of-plain"));
			plain.refresh();
			run(this.parent.withParent(plain).withBean(Source.class, () -> new Source("of-parent")),
					this.child.withBean(Source.class, () -> new Source("of-child")), (parent, child) -> {
						awaitOwner(parent, "of-parent");
						awaitOwner(parent, "of-plain");
						awaitOwner(child, "of-child");
						assertThat(tasks(child).assignments().tasks()).extracting((task) -> task.name())
							.containsExactlyInAnyOrder("child-task", "of-child");
					});
		}
	}

	@Test
	void anAssignorHidesThatOfTheSameNameAbove() {
		OwnAssignor above = new OwnAssignor();
		OwnAssignor below = new OwnAssignor();
		ApplicationContextRunner parent = this.parent.withPropertyValues("distributed-task.assignors=own")
			.withBean("above", TaskAssignor.class, () -> above);
		ApplicationContextRunner child = this.child.withPropertyValues("distributed-task.assignors=own");
		run(parent, child.withBean("below", TaskAssignor.class, () -> below), (context, nested) -> {
			awaitOwner(nested, "child-task");
			assertThat(below.groups).containsOnly(1);
		});
		run(parent, child, (context, nested) -> awaitOwner(nested, "child-task"));
	}

	@Test
	void aDisabledChildLeavesItsParentAlone() {
		run(this.parent, this.child.withPropertyValues("distributed-task.enabled=false"), (parent, child) -> {
			awaitOwner(parent, "parent-task");
			assertThat(tasks(child).membership().state()).isEqualTo(GroupStatus.STOPPED);
			tasks(child).register(TaskDefinition.of("late"), TaskWork.continuous((task) -> {
			}));
			assertThat(tasks(parent).assignments().tasks()).hasSize(1);
			assertThat(tasks(child).isOwner("parent-task")).isFalse();
		});
	}

	@Test
	void aChildOfADisabledParentRuns() {
		run(this.parent.withPropertyValues("distributed-task.enabled=false"),
				// it inherits the properties of its parent
				this.child.withPropertyValues("distributed-task.enabled=true"), (parent, child) -> {
					awaitOwner(child, "child-task");
					assertThat(parent.getBean(ParentTask.class).assigned).isEmpty();
				});
	}

	@Test
	void aPlainChildWithTasksIsRefused() {
		this.parent.run((above) -> {
			awaitOwner(above, "parent-task");
			ApplicationContextRunner plain = new ApplicationContextRunner().withParent(above);
			plain.withUserConfiguration(ChildTask.class)
				.run((below) -> assertThat(below).getFailure()
					.isInstanceOf(TaskConfigurationException.class)
					.hasMessageContaining(ChildTask.class.getName()));
			plain.withBean(Caller.class)
				.run((below) -> assertThat(below.getBean(Caller.class).tasks)
					.isSameAs(above.getBean(DistributedTasks.class)));
			assertThat(tasks(above).membership().state()).isEqualTo(GroupStatus.LOCAL);
		});
	}

	@Test
	void theHealthOfAChildIsInTheRegistryOfItsParentAsLongAsItIsOpen() {
		this.parent
			.withConfiguration(AutoConfigurations.of(HealthContributorAutoConfiguration.class,
					HealthContributorRegistryAutoConfiguration.class))
			.run((above) -> {
				HealthContributorRegistry registry = above.getBean(HealthContributorRegistry.class);
				HealthContributor own = registry.getContributor("distributedTasks");
				for (int time = 0; time < 2; time++) {
					this.child.withParent(above).run((first) -> this.child.withParent(above).run((second) -> {
						assertThat(registry.getContributor("distributedTasks-child"))
							.isSameAs(first.getBean(DistributedTasksHealthIndicator.class));
						assertThat(registry.getContributor("distributedTasks-child-2"))
							.isSameAs(second.getBean(DistributedTasksHealthIndicator.class));
					}));
					assertThat(registry.getContributor("distributedTasks")).isSameAs(own);
					assertThat(registry.getContributor("distributedTasks-child")).isNull();
				}
			});
	}

	@Test
	void theMetersOfAChildAreInTheRegistryOfItsParentAsLongAsItIsOpen() {
		this.parent.withBean(SimpleMeterRegistry.class).run((parent) -> {
			MeterRegistry registry = parent.getBean(MeterRegistry.class);
			parent.getBean(DistributedTasksMetrics.class).bindTo(registry);
			for (int time = 0; time < 2; time++) {
				this.child.withParent(parent).run((child) -> {
					awaitOwner(child, "child-task");
					await().untilAsserted(() -> assertThat(
							registry.get("distributed.task.owned").tag("group", "child").gauge().value())
						.isOne());
				});
				assertThat(registry.find("distributed.task.instances").tag("group", "child").meters()).isEmpty();
				assertThat(registry.find("distributed.task.owned").tag("group", "child").meters()).isEmpty();
				assertThat(registry.find("distributed.task.instances").tag("group", "parent").meters()).hasSize(1);
			}
		});
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(60));
	}

	private static void awaitOwner(ApplicationContext context, String task) {
		await().until(() -> tasks(context).isOwner(task));
	}

	private static DistributedTasks tasks(ApplicationContext context) {
		return context.getBean(DistributedTasks.class);
	}

	private static void run(ApplicationContextRunner parents, ApplicationContextRunner children,
			BiConsumer<AssertableApplicationContext, AssertableApplicationContext> consumer) {
		parents.run((parent) -> {
			assertThat(parent).hasNotFailed();
			children.withParent(parent).run((child) -> {
				assertThat(child).hasNotFailed();
				consumer.accept(parent, child);
			});
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class ParentTask {

		private final List<Integer> assigned = new CopyOnWriteArrayList<>();

		@DistributedTask("parent-task")
		void run(TaskContext task) {
			this.assigned.add(task.shard());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ChildTask {

		private final List<Integer> assigned = new CopyOnWriteArrayList<>();

		@DistributedTask("child-task")
		void run(TaskContext task) {
			this.assigned.add(task.shard());
		}

	}

	static class Caller {

		private final DistributedTasks tasks;

		Caller(DistributedTasks tasks) {
			this.tasks = tasks;
		}

	}

	static class Events {

		private final List<String> tasks = new CopyOnWriteArrayList<>();

		@EventListener
		void on(TaskAssignedEvent event) {
			this.tasks.add(event.task().name());
		}

		@EventListener
		void on(TaskRevokedEvent event) {
			this.tasks.add(event.task().name());
		}

	}

	static class Source implements TaskSource {

		private final String task;

		Source(String task) {
			this.task = task;
		}

		@Override
		public Map<TaskDefinition, TaskWork> tasks() {
			return Map.of(TaskDefinition.of(this.task), TaskWork.continuous((context) -> {
			}));
		}

	}

	static class OwnAssignor implements TaskAssignor {

		private final List<Integer> groups = new CopyOnWriteArrayList<>();

		@Override
		public String name() {
			return "own";
		}

		@Override
		public TaskAssignment assign(GroupState group) {
			this.groups.add(1);
			return TaskAssignor.sticky().assign(group);
		}

	}

}
