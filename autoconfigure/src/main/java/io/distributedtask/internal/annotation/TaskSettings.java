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
 * The application's properties about its tasks.
 */
public interface TaskSettings {

	/**
	 * Whether tasks are enabled at all. If not, nothing is registered, and annotated
	 * methods and beans never run by themselves.
	 * @return whether tasks are enabled
	 */
	boolean enabled();

	/**
	 * The properties of one task.
	 * @param name the name of the task
	 * @return the values that override its annotation
	 */
	Override forTask(String name);

	/**
	 * Values that override those of an annotation; {@code null} keeps them.
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
		 * Apply the overrides to a definition.
		 * @param definition the definition
		 * @return the resulting definition
		 * @throws IllegalArgumentException if a value is invalid
		 */
		public TaskDefinition over(TaskDefinition definition) {
			String requires = this.requires;
			return new TaskDefinition(definition.name(), Objects.requireNonNullElse(this.shards, definition.shards()),
					Objects.requireNonNullElse(this.weight, definition.weight()),
					(requires != null) ? LabelSelector.parse(requires) : definition.requires());
		}

	}

}
