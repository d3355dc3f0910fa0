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

package io.distributedtask.assignment;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

import io.distributedtask.TaskId;

/**
 * The result of an assignor: the target owner of each shard.
 *
 * @param owners the name of the instance that should own each shard; a shard that is not
 * in the map gets no owner. Neither keys nor values may be {@code null}
 * @since 0.1.0
 */
public record TaskAssignment(Map<TaskId, String> owners) {

	public TaskAssignment {
		// Not Map.copyOf, which is slower, and quadratic where hashes cluster
		owners = Collections.unmodifiableMap(new HashMap<>(owners));
		if (owners.containsKey(null) || owners.containsValue(null)) {
			throw new IllegalArgumentException(
					"An assignment must not contain null: leave out a shard that nobody should own");
		}
	}

}
