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

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.distributedtask.TaskSource;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.internal.port.GroupMembershipFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;

/**
 * A context with tasks, and those above it. Each context that has tasks is an instance of
 * its own, so what belongs to the instance of an ancestor is not ours.
 */
class ContextHierarchy {

	private final ApplicationContext context;

	ContextHierarchy(ApplicationContext context) {
		this.context = context;
	}

	/**
	 * The context and those of its ancestors that have no nearer context with tasks.
	 * @return the contexts, nearest first
	 */
	List<ApplicationContext> own() {
		List<ApplicationContext> contexts = new ArrayList<>();
		ApplicationContext context = this.context;
		do {
			contexts.add(context);
			context = context.getParent();
		}
		while (context != null && !hasTasks(context));
		return contexts;
	}

	private static boolean hasTasks(ApplicationContext context) {
		return context.getBeanNamesForType(TaskEngineLifecycle.class, false, false).length > 0;
	}

	/**
	 * The sources whose tasks are those of this instance.
	 */
	List<TaskSource> taskSources() {
		return own().stream().flatMap((context) -> beans(context, TaskSource.class).stream()).toList();
	}

	/**
	 * All assignors. One of a name hides those of the ancestors that have the same.
	 */
	List<TaskAssignor> assignors() {
		List<TaskAssignor> assignors = new ArrayList<>();
		Set<String> names = new TreeSet<>();
		for (ApplicationContext context = this.context; context != null; context = context.getParent()) {
			List<TaskAssignor> found = beans(context, TaskAssignor.class).stream()
				.filter((assignor) -> !names.contains(assignor.name()))
				.toList();
			assignors.addAll(found);
			names.addAll(found.stream().map(TaskAssignor::name).collect(Collectors.toSet()));
		}
		return assignors;
	}

	/**
	 * What makes memberships in this context: that of an ancestor may have another mode.
	 */
	@Nullable GroupMembershipFactory memberships() {
		List<GroupMembershipFactory> factories = beans(this.context, GroupMembershipFactory.class);
		return factories.isEmpty() ? null : factories.get(0);
	}

	private static <T> List<T> beans(ApplicationContext context, Class<T> type) {
		List<T> beans = new ArrayList<>(context.getBeansOfType(type).values());
		AnnotationAwareOrderComparator.sort(beans);
		return beans;
	}

}
