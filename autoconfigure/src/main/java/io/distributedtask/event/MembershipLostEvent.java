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

package io.distributedtask.event;

import java.time.Instant;

/**
 * This instance has lost its membership in the group: its lease has expired, or the
 * coordinator has removed it. It owns nothing, and does not know the owners of any shard
 * until the next {@link GroupRebalancedEvent}. Published on a thread of its own, in the
 * order in which the changes happened, after the {@link TaskLostEvent}s of its shards.
 *
 * @param lastContact when it sent the last request that the coordinator answered
 * @param reason how the membership was lost, as text for people
 * @since 0.1.0
 */
public record MembershipLostEvent(Instant lastContact, String reason) {
}
