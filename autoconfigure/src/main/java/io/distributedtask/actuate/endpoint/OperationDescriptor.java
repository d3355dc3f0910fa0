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

package io.distributedtask.actuate.endpoint;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import org.jspecify.annotations.Nullable;

/**
 * Description of an operation that was accepted, or why it was rejected.
 *
 * @param action the action
 * @param task the task that it concerns
 * @param shard the shard that it concerns
 * @param instance the instance that it concerns
 * @param owner the owner that runs the shard
 * @param message why the operation was rejected
 * @since 0.1.0
 */
@JsonInclude(Include.NON_NULL)
public record OperationDescriptor(@Nullable String action, @Nullable String task, @Nullable Integer shard,
		@Nullable String instance, @Nullable String owner, @Nullable String message) {

	static OperationDescriptor refused(@Nullable String message) {
		return new OperationDescriptor(null, null, null, null, null, message);
	}

}
