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

package io.distributedtask.actuate.metrics;

import io.distributedtask.DistributedTasks;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Meters of this instance's part in the group.
 * <ul>
 * <li>{@value #STUCK} (gauge, shards): shards that were revoked from this instance, or
 * lost by it, and whose code has not stopped within the revoke timeout. No other instance
 * is given them while this one lives and is heard, so anything above 0 needs a
 * person.</li>
 * </ul>
 *
 * @since 0.1.0
 */
public class DistributedTasksMetrics implements MeterBinder {

	static final String STUCK = "distributed.task.stuck";

	private final DistributedTasks distributedTasks;

	/**
	 * Create new meters.
	 * @param distributedTasks knows this instance's membership
	 */
	public DistributedTasksMetrics(DistributedTasks distributedTasks) {
		this.distributedTasks = distributedTasks;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder(STUCK, this.distributedTasks, (tasks) -> tasks.membership().stuck().size())
			.description("Shards whose code has not stopped within the revoke timeout")
			.baseUnit("shards")
			.register(registry);
	}

}
