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
 * Description of what was done, or why it was not.
 *
 * @param action the action
 * @param task the task that it was about
 * @param shard the shard that it was about
 * @param instance the instance that it was about
 * @param owner the owner that runs the shard
 * @param message why nothing was done
 * @since 0.1.0
 */
@JsonInclude(Include.NON_NULL)
public record OperationDescriptor(@Nullable String action, @Nullable String task, @Nullable Integer shard,
		@Nullable String instance, @Nullable String owner, @Nullable String message) {

	static OperationDescriptor refused(@Nullable String message) {
		return new OperationDescriptor(null, null, null, null, null, message);
	}

}
