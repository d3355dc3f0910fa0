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

package io.distributedtask;

/**
 * This instance no longer owns the shard that it is working on. If a task throws this
 * exception after its ownership has ended, the run ends as if it had returned. While
 * {@link TaskContext#isOwned()} is still {@code true}, the exception is a failure like
 * any other: a store has rejected the token of the owner.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public class OwnershipLostException extends RuntimeException {

	public OwnershipLostException(String task, int shard, long fencingToken) {
		super("Shard %d of task '%s' is no longer owned by this instance (fencing token %d)".formatted(shard, task,
				fencingToken));
	}

}
