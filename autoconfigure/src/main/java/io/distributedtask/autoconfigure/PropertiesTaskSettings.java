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

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

import io.distributedtask.autoconfigure.DistributedTaskProperties.Task;
import io.distributedtask.internal.annotation.TaskSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings of single tasks that {@code distributed-task.tasks} has. A name is found
 * as Boot would find it: an environment variable cannot hold dashes or capitals, so they
 * are not told apart unless both spellings are there.
 */
class PropertiesTaskSettings implements TaskSettings {

	private static final Logger logger = LoggerFactory.getLogger(PropertiesTaskSettings.class);

	private static final Override NONE = new Override(null, null, null, null, null);

	private final DistributedTaskProperties properties;

	private final Map<String, String> used = new ConcurrentHashMap<>();

	private final Set<String> known = ConcurrentHashMap.newKeySet();

	PropertiesTaskSettings(DistributedTaskProperties properties) {
		this.properties = properties;
	}

	@java.lang.Override
	public boolean enabled() {
		return this.properties.enabled();
	}

	@java.lang.Override
	public Override forTask(String name) {
		this.known.add(name);
		Map<String, Task> tasks = this.properties.tasks();
		String key = tasks.containsKey(name) ? name : similar(name);
		if (key == null) {
			return NONE;
		}
		this.used.put(key, name);
		Task task = tasks.get(key);
		return (task != null)
				? new Override(task.enabled(), task.shards(), task.weight(), task.requires(), task.onMissedRun())
				: NONE;
	}

	private @Nullable String similar(String name) {
		return this.properties.tasks()
			.keySet()
			.stream()
			.filter((key) -> uniform(key).equals(uniform(name)))
			.findFirst()
			.orElse(null);
	}

	private static String uniform(String name) {
		return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
	}

	/**
	 * Warn about settings of tasks that nobody has asked for.
	 * @param names the tasks that this instance can run
	 */
	void warnAboutUnknownTasks(Collection<String> names) {
		Set<String> tasks = new TreeSet<>(this.known);
		tasks.addAll(names);
		for (String key : this.properties.tasks().keySet()) {
			if (!this.used.containsKey(key) && !tasks.contains(key)) {
				logger.warn("Properties 'distributed-task.tasks.{}.*' have no effect: there is no task '{}'. "
						+ "The tasks are {}. A name with dots is written in brackets: 'distributed-task.tasks[a.b]'.",
						key, key, tasks);
			}
		}
	}

}
