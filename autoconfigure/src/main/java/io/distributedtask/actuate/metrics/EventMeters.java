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

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

import io.distributedtask.event.GroupRebalancedEvent;
import io.distributedtask.event.InstanceCrashedEvent;
import io.distributedtask.event.TaskLostEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;

/**
 * The meters of one registry that count what happens. All are there from the beginning,
 * so that a rate starts from nothing.
 */
final class EventMeters {

	private final TaskMeters taskMeters;

	private final Map<GroupRebalancedEvent.Cause, Timer> rebalances = new EnumMap<>(GroupRebalancedEvent.Cause.class);

	private final Map<TaskLostEvent.Cause, Counter> losses = new EnumMap<>(TaskLostEvent.Cause.class);

	private final Timer handOver;

	private final Timer failOver;

	private final Timer crash;

	EventMeters(MeterRegistry registry, Tags tags, TaskMeters taskMeters) {
		this.taskMeters = taskMeters;
		for (GroupRebalancedEvent.Cause cause : GroupRebalancedEvent.Cause.values()) {
			this.rebalances.put(cause,
					Timer.builder(DistributedTasksMetrics.REBALANCE)
						.tags(tags.and("cause", tag(cause)))
						.description("Time from the notice or the request of a rebalance to the new assignment")
						.register(registry));
		}
		for (TaskLostEvent.Cause cause : TaskLostEvent.Cause.values()) {
			this.losses.put(cause,
					Counter.builder(DistributedTasksMetrics.LOST)
						.tags(tags.and("cause", tag(cause)))
						.description("Shards that were lost without being handed over")
						.baseUnit("shards")
						.register(registry));
		}
		this.handOver = Timer.builder(DistributedTasksMetrics.HAND_OVER)
			.tags(tags)
			.description("Time from the revocation of a shard until its next owner begins")
			.register(registry);
		this.failOver = Timer.builder(DistributedTasksMetrics.FAIL_OVER)
			.tags(tags)
			.description("Longest time for which nobody can have run a shard whose owner has vanished")
			.register(registry);
		this.crash = Timer.builder(DistributedTasksMetrics.CRASH)
			.tags(tags)
			.description("Time from the end of the connection to a process that has ended until others have its shards")
			.register(registry);
	}

	private static String tag(Enum<?> cause) {
		return cause.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	void rebalanced(GroupRebalancedEvent event) {
		Timer rebalances = this.rebalances.get(event.cause());
		if (rebalances != null) {
			rebalances.record(event.duration());
		}
		event.handedOver().values().forEach(this.handOver::record);
		event.failedOver().values().forEach(this.failOver::record);
		this.taskMeters.show();
	}

	void crashed(InstanceCrashedEvent event) {
		this.crash.record(event.duration());
	}

	void lost(TaskLostEvent event) {
		Counter losses = this.losses.get(event.cause());
		if (losses != null) {
			losses.increment();
		}
		this.taskMeters.show();
	}

}
