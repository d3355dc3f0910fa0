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

import io.distributedtask.DistributedTasks;
import io.distributedtask.actuate.metrics.DistributedTasksMetrics;
import io.distributedtask.actuate.metrics.InstanceFigures;
import io.distributedtask.actuate.metrics.InstanceFigures.TaskFigures;
import io.distributedtask.internal.engine.EngineFigures;
import io.distributedtask.internal.engine.TaskEngine;
import io.distributedtask.internal.execution.DefaultTaskRunner;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the meters of distributed tasks. An instance that is disabled has
 * none: zeros would look like an outage.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = DistributedTaskAutoConfiguration.class,
		afterName = { "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(value = { DistributedTasks.class, TaskEngineLifecycle.class }, search = SearchStrategy.CURRENT)
public final class DistributedTaskMetricsAutoConfiguration {

	@Bean
	@ConditionalOnBean(MeterRegistry.class)
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	DistributedTasksMetrics distributedTasksMetrics(DistributedTasks distributedTasks, GroupId groupId,
			TaskEngineLifecycle lifecycle, DefaultTaskRunner runner) {
		return new DistributedTasksMetrics(distributedTasks, groupId.value(), () -> figures(lifecycle, runner));
	}

	/**
	 * The figures of the engine that was started last, and of what it runs.
	 */
	private static InstanceFigures figures(TaskEngineLifecycle lifecycle, DefaultTaskRunner runner) {
		TaskEngine engine = lifecycle.current();
		if (engine == null) {
			return InstanceFigures.NONE;
		}
		EngineFigures figures = engine.figures();
		return new InstanceFigures(figures.generation(), figures.instances(), figures.leader(), figures.sinceContact(),
				figures.leaseRemaining(), figures.recordSize(), figures.recordLimit(),
				new TaskFigures(figures.owned(), figures.paused(), figures.unassigned(), runner.sinceSuccess()));
	}

	@Bean
	@ConditionalOnBean(value = DistributedTasksMetrics.class, search = SearchStrategy.CURRENT)
	InheritedMeters distributedTaskInheritedMeters(DistributedTasksMetrics metrics,
			ObjectProvider<MeterRegistry> registry, ListableBeanFactory beanFactory) {
		boolean inherited = beanFactory.getBeanNamesForType(MeterRegistry.class, true, false).length == 0;
		return new InheritedMeters(metrics, inherited ? registry::getIfUnique : () -> null);
	}

}
