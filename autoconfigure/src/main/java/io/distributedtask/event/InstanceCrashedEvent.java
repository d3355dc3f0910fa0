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

import java.time.Duration;

/**
 * The crash watch of this instance has found that the process of another instance has
 * ended, had it removed from the group, and the group has rebalanced. Published after the
 * {@link GroupRebalancedEvent}, on a thread of its own, and on the instance that found it
 * only.
 *
 * @param instance the name of the other instance
 * @param duration from the end of the connection to its process to the assignment in
 * which others have its shards
 * @since 0.1.0
 */
public record InstanceCrashedEvent(String instance, Duration duration) {
}
