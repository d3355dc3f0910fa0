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

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import org.jspecify.annotations.Nullable;

/**
 * The meters of those tasks that an instance owns: tasks come and go, and so do they.
 */
final class TaskMeters {

	private final MeterRegistry registry;

	private final LatestFigures figures;

	private final Map<String, List<Meter>> meters = new HashMap<>();

	TaskMeters(MeterRegistry registry, LatestFigures figures) {
		this.registry = registry;
		this.figures = figures;
	}

	/**
	 * Show the tasks that are owned now, and no others.
	 */
	synchronized void show() {
		InstanceFigures now = this.figures.now();
		Set<String> tasks = new HashSet<>(now.owned().keySet());
		this.meters.entrySet().removeIf((entry) -> {
			boolean gone = !tasks.contains(entry.getKey());
			if (gone) {
				entry.getValue().forEach(this.registry::remove);
			}
			return gone;
		});
		tasks.forEach((task) -> this.meters.computeIfAbsent(task, this::register));
	}

	private List<Meter> register(String task) {
		Meter owned = Gauge
			.builder(DistributedTasksMetrics.OWNED, this.figures,
					(figures) -> figures.latest().owned().getOrDefault(task, 0))
			.tag("task", task)
			.description("Shards of the task that this instance owns")
			.baseUnit("shards")
			.register(this.registry);
		Meter sinceSuccess = TimeGauge
			.builder(DistributedTasksMetrics.SINCE_SUCCESS, this.figures, TimeUnit.SECONDS,
					(figures) -> seconds(figures.latest().sinceSuccess().get(task)))
			.tag("task", task)
			.description("Time since a run of the scheduled task ended well here, or since it was assigned")
			.register(this.registry);
		return List.of(owned, sinceSuccess);
	}

	private static double seconds(@Nullable Duration duration) {
		return (duration != null) ? duration.toNanos() / 1e9 : Double.NaN;
	}

}
