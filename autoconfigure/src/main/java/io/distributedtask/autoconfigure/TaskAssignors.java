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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.internal.annotation.TaskConfigurationException;

/**
 * The assignors that {@code distributed-task.assignors} selects, in order of preference.
 */
final class TaskAssignors {

	private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,64}");

	private TaskAssignors() {
	}

	/**
	 * Select assignors by name.
	 * @param names the names, in order of preference
	 * @param beans the application's own assignors
	 * @return the assignors, in the order of the names
	 * @throws TaskConfigurationException if a name is unknown, or an own assignor cannot
	 * be told from others by its name
	 */
	static List<TaskAssignor> select(List<String> names, Collection<TaskAssignor> beans) {
		Map<String, TaskAssignor> known = new TreeMap<>();
		List<TaskAssignor> all = new ArrayList<>(
				List.of(TaskAssignor.sticky(), TaskAssignor.rendezvous(), TaskAssignor.zoneSpread("zone")));
		all.addAll(beans);
		all.forEach((assignor) -> add(known, assignor));
		return names.stream().map((name) -> find(known, name, names)).toList();
	}

	private static void add(Map<String, TaskAssignor> known, TaskAssignor assignor) {
		String name = assignor.name();
		if (!NAME.matcher(name).matches()) {
			throw new TaskConfigurationException(
					"The TaskAssignor bean of type %s has the name '%s', which cannot be a protocol name of a Kafka group."
						.formatted(assignor.getClass().getName(), name),
					"Return 1 to 64 letters, digits, dots, dashes or underscores from its method name().");
		}
		TaskAssignor other = known.putIfAbsent(name, assignor);
		if (other != null) {
			throw new TaskConfigurationException(
					"Two task assignors have the name '%s': %s and %s.".formatted(name, other.getClass().getName(),
							assignor.getClass().getName()),
					"Return a name of its own from the method name() of your TaskAssignor bean.");
		}
	}

	private static TaskAssignor find(Map<String, TaskAssignor> known, String name, List<String> names) {
		TaskAssignor assignor = known.get(name);
		if (assignor == null) {
			throw TaskConfigurationException.ofProperty("distributed-task.assignors", String.join(",", names),
					"There is no assignor '%s'".formatted(name),
					"Use one of the assignors %s, or add a TaskAssignor bean whose name() is '%s'."
						.formatted(quoted(known.keySet()), name));
		}
		return assignor;
	}

	private static String quoted(Collection<String> names) {
		return "'" + String.join("', '", names) + "'";
	}

}
