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

import java.util.List;
import java.util.Optional;

import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskSource;
import io.distributedtask.internal.annotation.DistributedTaskAnnotationBeanPostProcessor;
import io.distributedtask.internal.annotation.DistributedTaskSchedulingPostProcessor;
import io.distributedtask.internal.annotation.TaskSettings;
import io.distributedtask.internal.engine.LocalGroupMembership;
import io.distributedtask.internal.execution.ApplicationState;
import io.distributedtask.internal.execution.DefaultTaskRunner;
import io.distributedtask.internal.execution.RunObserver;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.GroupMembershipFactory;
import io.distributedtask.observation.TaskRunObservationConvention;
import io.micrometer.observation.ObservationRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * Auto-configuration of distributed tasks. When they are disabled, annotated methods are
 * still detected, so that none of them runs on every instance. Each context of a
 * hierarchy that has this configuration is an instance of its own.
 *
 * @since 0.1.0
 */
@AutoConfiguration(afterName = "org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration")
@EnableConfigurationProperties(DistributedTaskProperties.class)
public final class DistributedTaskAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static DistributedTaskAnnotationBeanPostProcessor distributedTaskAnnotationBeanPostProcessor(
			ObjectProvider<DefaultTaskRunner> runner, ObjectProvider<TaskSettings> settings) {
		return new DistributedTaskAnnotationBeanPostProcessor(runner, settings);
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static DistributedTaskSchedulingPostProcessor distributedTaskSchedulingPostProcessor() {
		return new DistributedTaskSchedulingPostProcessor();
	}

	@Bean
	PropertiesTaskSettings distributedTaskSettings(DistributedTaskProperties properties, Environment environment,
			ConfigurableBeanFactory beanFactory) {
		FrozenConditions.check(properties, beanFactory);
		return PropertiesTaskSettings.of(properties, environment);
	}

	@Bean
	GroupId distributedTaskGroupId(DistributedTaskProperties properties, Environment environment) {
		return GroupId.of(properties, environment);
	}

	@Bean
	InstanceAddress distributedTaskInstanceAddress(DistributedTaskProperties properties, ApplicationContext context) {
		boolean actuator = ClassUtils.isPresent("org.springframework.boot.actuate.endpoint.annotation.Endpoint",
				getClass().getClassLoader());
		return new InstanceAddress(properties.instanceName(), properties.endpoint().uri(), context.getEnvironment(),
				actuator, new Host(), SingletonSupplier.of(new ApplicationPath(context)::value));
	}

	@Bean
	static NearestBeans distributedTaskNearestBeans() {
		return new NearestBeans();
	}

	@Bean
	static ForgottenTasks distributedTaskForgottenTasks() {
		return new ForgottenTasks();
	}

	@Bean("distributedTasks")
	@Conditional(OnPropertyValue.Disabled.class)
	@ConditionalOnMissingBean(value = DistributedTasks.class, search = SearchStrategy.CURRENT)
	DisabledDistributedTasks disabledDistributedTasks(GroupId groupId, InstanceAddress address) {
		return new DisabledDistributedTasks(groupId.value(), address::name);
	}

	/**
	 * The instance that runs tasks.
	 */
	@Configuration(proxyBeanMethods = false)
	@Conditional(OnPropertyValue.Enabled.class)
	@Import(KafkaGroupMembershipConfiguration.class)
	static class InstanceConfiguration {

		private static final Logger logger = LoggerFactory.getLogger(DistributedTaskAutoConfiguration.class);

		@Bean
		static DistributedTaskLazyInitializationExcludeFilter distributedTaskLazyInitializationExcludeFilter() {
			return new DistributedTaskLazyInitializationExcludeFilter();
		}

		@Bean(FrozenConditions.LOCAL)
		@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
		@Conditional(OnPropertyValue.Local.class)
		GroupMembershipFactory localGroupMembershipFactory(DistributedTaskProperties properties) {
			String assignor = properties.assignors().get(0);
			return (instance) -> new LocalGroupMembership(assignor);
		}

		@Bean(destroyMethod = "close")
		DefaultTaskRunner distributedTaskRunner(DistributedTaskProperties properties, Environment environment,
				InstanceAddress address, GroupId groupId, ObjectProvider<ObservationRegistry> observationRegistry,
				ObjectProvider<TaskRunObservationConvention> observationConvention) {
			RunObserver observer = new RunObserver(
					SingletonSupplier.of(() -> observationRegistry.getIfUnique(() -> ObservationRegistry.NOOP)),
					SingletonSupplier.of(() -> Optional.ofNullable(observationConvention.getIfAvailable())),
					SingletonSupplier.of(address::name), groupId.value());
			return new DefaultTaskRunner(properties.revokeTimeout(), Threading.VIRTUAL.isActive(environment),
					Clocks.SYSTEM, observer);
		}

		@Bean
		ApplicationState distributedTaskApplicationState(DefaultTaskRunner runner) {
			ApplicationState state = new ApplicationState(runner::stopUnowned);
			runner.haltWhile(state::isStopping);
			return state;
		}

		@Bean
		ApplicationEventMembershipListener distributedTaskEventPublisher(ApplicationContext context) {
			return new ApplicationEventMembershipListener(new OwnEventPublisher(context));
		}

		@Bean
		TaskEngineFactory taskCoordinatorFactory(DistributedTaskProperties properties, GroupId groupId,
				InstanceAddress address, DefaultTaskRunner runner, ApplicationEventMembershipListener listener,
				ApplicationContext context) {
			return new TaskEngineFactory(properties, groupId, address, runner, new ContextHierarchy(context), listener);
		}

		@Bean(FrozenConditions.ENABLED)
		TaskEngineLifecycle taskEngineLifecycle(TaskEngineFactory engines, ApplicationEventMembershipListener events,
				DistributedTaskProperties properties, Environment environment) {
			ShutdownPhase shutdown = ShutdownPhase.of(environment);
			DurationConflicts.atShutdown(properties.revokeTimeout(), shutdown.timeout())
				.forEach((warning) -> logger.warn("{}", warning));
			return new TaskEngineLifecycle(engines, events, KeepAlive.of(environment), shutdown.stopTimeout(),
					properties.phase());
		}

		@Bean
		@ConditionalOnMissingBean(value = DistributedTasks.class, search = SearchStrategy.CURRENT)
		CurrentDistributedTasks distributedTasks(TaskEngineLifecycle lifecycle, TaskEngineFactory engines,
				RuntimeTasks runtimeTasks) {
			return new CurrentDistributedTasks(lifecycle, engines, runtimeTasks);
		}

		@Bean
		RuntimeTasks distributedTaskRuntimeTasks(DefaultTaskRunner runner, PropertiesTaskSettings taskSettings,
				TaskEngineLifecycle lifecycle, DistributedTaskAnnotationBeanPostProcessor annotatedTasks) {
			return new RuntimeTasks(runner, taskSettings, lifecycle, annotatedTasks.schedulers());
		}

		@Bean
		TaskSources distributedTaskSources(ApplicationContext context, RuntimeTasks runtimeTasks,
				TaskEngineLifecycle lifecycle, DistributedTaskProperties properties) {
			List<TaskSource> all = new ContextHierarchy(context).taskSources();
			if (!all.isEmpty()) {
				lifecycle.tasksExpected();
			}
			return new TaskSources(all, runtimeTasks, properties.phase());
		}

		@Bean
		UnknownTaskWarning distributedTaskUnknownTaskWarning(PropertiesTaskSettings taskSettings, TaskSources sources,
				DefaultTaskRunner runner, ApplicationContext context) {
			return new UnknownTaskWarning(taskSettings, sources, runner, context);
		}

	}

}
