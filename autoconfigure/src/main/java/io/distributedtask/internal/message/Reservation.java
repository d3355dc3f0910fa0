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

package io.distributedtask.internal.message;

import java.time.Instant;
import java.util.List;

import io.distributedtask.internal.message.MemberMetadata.Progress;
import org.jspecify.annotations.Nullable;

/**
 * Shards of one task that belong to one instance: it owns them, or they are reserved for
 * its return. Sent by the leader to some members, which repeat it when they join, so that
 * the next leader knows it.
 *
 * @param instance whose they are: the static member id, if it has one, or the name by
 * which the group knows the instance
 * @param ownerless until when their missing owner was certainly a member; {@code null}
 * while the instance is one, and while it is known to be restarting
 * @param gone when it was noticed that the instance is missing; {@code null} while it is
 * not
 * @param task the task
 * @param shardCount the number of shards that the task has
 * @param shards the shards
 * @param progress the progress of the schedules of those that nobody owns
 */
public record Reservation(String instance, @Nullable Instant ownerless, @Nullable Instant gone, String task,
		int shardCount, ShardSet shards, List<Progress> progress) {

	public Reservation {
		progress = List.copyOf(progress);
	}

}
