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
 * Receives calls when this instance becomes the owner of a task and when it stops being
 * the owner: leader election. To be implemented by a bean whose type, or {@code @Bean}
 * method, has {@link DistributedTask @DistributedTask}.
 * <p>
 * <strong>Threads:</strong> calls for one shard come one after the other, never two at a
 * time, on a thread that is not the group's: they may block. A call in progress is
 * interrupted when the shard is lost, and when it has not returned within the revoke
 * timeout after the shard was revoked or lost. <strong>Order:</strong> each
 * {@code onAssigned} that returns is followed by exactly one of {@code onRevoked} and
 * {@code onLost}, also when the application is stopped. While {@code onRevoked} runs,
 * nobody else owns the shard. <strong>Exceptions</strong> are logged and shown in the
 * endpoint. After a failed {@code onAssigned} the shard stays owned, and
 * {@code onAssigned} is called again, first after 100 ms, then with growing pauses of at
 * most 30 seconds; the one {@code onRevoked} or {@code onLost} follows in any case.
 *
 * @since 0.1.0
 */
public interface OwnershipListener {

	/**
	 * This instance has become the owner.
	 * @param task the ownership
	 * @throws Exception if the owner's work could not be begun; the call is repeated
	 */
	void onAssigned(TaskContext task) throws Exception;

	/**
	 * Ownership is handed over gracefully, or the task is paused. The next owner starts
	 * after this method has returned.
	 * @param task the ownership that ends
	 * @throws Exception if the owner's work could not be ended
	 */
	void onRevoked(TaskContext task) throws Exception;

	/**
	 * Ownership is already gone: the lease expired, or the group has removed this
	 * instance. Another owner may already run the shard.
	 * @param task the ownership that has ended
	 * @throws Exception if the owner's work could not be ended
	 */
	default void onLost(TaskContext task) throws Exception {
		onRevoked(task);
	}

}
