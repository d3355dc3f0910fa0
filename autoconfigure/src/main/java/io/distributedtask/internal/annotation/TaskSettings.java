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

package io.distributedtask.internal.annotation;

import java.util.Objects;

import io.distributedtask.LabelSelector;
import io.distributedtask.MissedRun;
import io.distributedtask.TaskDefinition;
import org.jspecify.annotations.Nullable;

/**
 * What the application's properties say of its tasks.
 */
public interface TaskSettings {

	/**
	 * Whether there are tasks at all. If not, nothing is registered, and what is
	 * annotated never runs by itself.
	 * @return whether tasks are enabled
	 */
	boolean enabled();

	/**
	 * What the properties say of one task.
	 * @param name the name of the task
	 * @return what overrides its annotation
	 */
	Override forTask(String name);

	/**
	 * Values that take precedence over those of an annotation; {@code null} leaves them.
	 *
	 * @param enabled whether the task exists on this instance
	 * @param shards the number of shards
	 * @param weight the weight of one shard
	 * @param requires the label selector
	 * @param onMissedRun what happens to instants that a crashed owner may have missed
	 */
	record Override(@Nullable Boolean enabled, @Nullable Integer shards, @Nullable Double weight,
			@Nullable String requires, @Nullable MissedRun onMissedRun) {

		/**
		 * Overrides nothing.
		 */
		public static final Override NONE = new Override(null, null, null, null, null);

		/**
		 * What becomes of a definition.
		 * @param definition the definition
		 * @return the one that is in force
		 * @throws IllegalArgumentException if a value is not right
		 */
		public TaskDefinition over(TaskDefinition definition) {
			String requires = this.requires;
			return new TaskDefinition(definition.name(), Objects.requireNonNullElse(this.shards, definition.shards()),
					Objects.requireNonNullElse(this.weight, definition.weight()),
					(requires != null) ? LabelSelector.parse(requires) : definition.requires());
		}

	}

}
