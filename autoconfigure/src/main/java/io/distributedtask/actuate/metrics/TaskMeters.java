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
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.distributedtask.actuate.metrics.InstanceFigures.TaskFigures;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import org.jspecify.annotations.Nullable;

/**
 * The meters of single tasks: each is there for as long as there is something to show. A
 * gauge that is removed has no value any more, and would be shown as not a number.
 */
final class TaskMeters {

	private final MeterRegistry registry;

	private final Tags tags;

	private final LatestFigures figures;

	private final Map<Kind, Map<String, Meter>> meters = new EnumMap<>(Kind.class);

	TaskMeters(MeterRegistry registry, Tags tags, LatestFigures figures) {
		this.registry = registry;
		this.tags = tags;
		this.figures = figures;
		for (Kind kind : Kind.values()) {
			this.meters.put(kind, new HashMap<>());
		}
	}

	/**
	 * Show the tasks that there are now, and no others.
	 */
	synchronized void show() {
		TaskFigures now = this.figures.now().tasks();
		this.meters.forEach((kind, shown) -> {
			Set<String> tasks = kind.of(now).keySet();
			shown.entrySet().removeIf((entry) -> {
				boolean gone = !tasks.contains(entry.getKey());
				if (gone) {
					this.registry.remove(entry.getValue());
				}
				return gone;
			});
			tasks.forEach((task) -> shown.computeIfAbsent(task, (name) -> register(kind, name)));
		});
	}

	private Meter register(Kind kind, String task) {
		Tags tags = this.tags.and("task", task);
		if (kind == Kind.SINCE_SUCCESS) {
			return TimeGauge
				.builder(kind.name, this.figures, TimeUnit.SECONDS,
						(figures) -> seconds(figures.latest().tasks().sinceSuccess().get(task)))
				.tags(tags)
				.description(kind.description)
				.register(this.registry);
		}
		return Gauge.builder(kind.name, this.figures, (figures) -> number(kind.of(figures.latest().tasks()).get(task)))
			.tags(tags)
			.description(kind.description)
			.baseUnit("shards")
			.register(this.registry);
	}

	private static double number(@Nullable Object number) {
		return (number instanceof Integer shards) ? shards : 0;
	}

	/**
	 * A task that is owned no more is still there until somebody has been told.
	 */
	private static double seconds(@Nullable Duration duration) {
		return (duration != null) ? duration.toNanos() / 1e9 : 0;
	}

	/**
	 * What there is to show of a task.
	 */
	private enum Kind {

		OWNED(DistributedTasksMetrics.OWNED, "Shards of the task that this instance owns"),

		PAUSED(DistributedTasksMetrics.PAUSED, "Shards of the task that this instance owns and does not run"),

		UNASSIGNED(DistributedTasksMetrics.UNASSIGNED, "Shards of the task that nobody owns, as the leader knows"),

		SINCE_SUCCESS(DistributedTasksMetrics.SINCE_SUCCESS,
				"Time since a run of the scheduled task is known to have ended well");

		private final String name;

		private final String description;

		Kind(String name, String description) {
			this.name = name;
			this.description = description;
		}

		private Map<String, ?> of(TaskFigures figures) {
			return switch (this) {
				case OWNED -> figures.owned();
				case PAUSED -> figures.paused();
				case UNASSIGNED -> figures.unassigned();
				case SINCE_SUCCESS -> figures.sinceSuccess();
			};
		}

	}

}
