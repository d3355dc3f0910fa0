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
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.DistributedTasks;
import io.distributedtask.Membership;
import io.distributedtask.TaskId;
import io.distributedtask.event.GroupRebalancedEvent;
import io.distributedtask.event.InstanceCrashedEvent;
import io.distributedtask.event.TaskLostEvent;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link DistributedTasksMetrics}.
 */
class DistributedTasksMetricsTests {

	private final DistributedTasks distributedTasks = mock(DistributedTasks.class);

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private InstanceFigures figures = InstanceFigures.NONE;

	/** Gauges do not keep it alive: the application does. */
	@SuppressWarnings("unused")
	private @Nullable DistributedTasksMetrics bound;

	@Test
	void countsStuckShards() {
		bind();
		Gauge gauge = this.registry.get("distributed.task.stuck").gauge();
		stuck(List.of());
		assertThat(gauge.value()).isZero();
		stuck(List.of(new TaskId("crawler", 3), new TaskId("crawler", 4)));
		assertThat(gauge.value()).isEqualTo(2);
		assertThat(gauge.getId().getBaseUnit()).isEqualTo("shards");
		assertThat(gauge.getId().getDescription()).contains("revoke timeout");
	}

	@Test
	void countsRebalancesByCauseAndEachShardOfAHandOver() {
		DistributedTasksMetrics metrics = bind();
		assertThat(this.registry.get("distributed.task.rebalance").timers()).as("all are there from the beginning")
			.hasSize(GroupRebalancedEvent.Cause.values().length)
			.allSatisfy((timer) -> assertThat(timer.count()).isZero());
		metrics.rebalanced(new GroupRebalancedEvent(13, "shop-1", 3, GroupRebalancedEvent.Cause.HAND_OVER,
				Duration.ofMillis(42), Map.of(new TaskId("crawler", 0), Duration.ofMillis(200),
						new TaskId("crawler", 1), Duration.ofMillis(300)),
				Map.of(new TaskId("crawler", 5), Duration.ofSeconds(11))));
		assertThat(this.registry.get("distributed.task.rebalance").tag("cause", "hand-over").timer())
			.satisfies((timer) -> {
				assertThat(timer.count()).isEqualTo(1);
				assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(42);
			});
		assertThat(this.registry.get("distributed.task.handover").timer().count()).isEqualTo(2);
		assertThat(this.registry.get("distributed.task.handover").timer().totalTime(TimeUnit.MILLISECONDS))
			.isEqualTo(500);
		assertThat(this.registry.get("distributed.task.failover").timer().totalTime(TimeUnit.SECONDS)).isEqualTo(11);
	}

	@Test
	void countsCrashesThatTheWatchHasFoundAndThoseItWouldFind() {
		DistributedTasksMetrics metrics = bind();
		assertThat(this.registry.get("distributed.task.watch.watched").gauge().value()).as("off").isZero();
		given(this.distributedTasks.membership())
			.willReturn(new Membership("shop-1", GroupStatus.STABLE, 12, null, 0, List.of(), null, false,
					new Membership.Watch("10.0.0.4:41234",
							List.of(new Membership.WatchedInstance("shop-2", true, null),
									new Membership.WatchedInstance("shop-3", false, "it cannot be connected")),
							2, "address 10.0.0.4 is that of a proxy")));
		assertThat(this.registry.get("distributed.task.watch.watched").gauge().value()).isEqualTo(1);
		assertThat(this.registry.get("distributed.task.watch.watchers").gauge().value()).isEqualTo(2);
		assertThat(this.registry.get("distributed.task.watch.unwatched").gauge().value()).as("itself and shop-3")
			.isEqualTo(2);
		metrics.crashed(new InstanceCrashedEvent("shop-2", Duration.ofMillis(63)));
		assertThat(this.registry.get("distributed.task.crash").timer().totalTime(TimeUnit.MILLISECONDS)).isEqualTo(63);
	}

	@Test
	void countsLossesByCause() {
		DistributedTasksMetrics metrics = bind();
		metrics.lost(new TaskLostEvent(new TaskId("crawler", 0), 7, TaskLostEvent.Cause.LEASE_EXPIRED));
		metrics.lost(new TaskLostEvent(new TaskId("crawler", 1), 7, TaskLostEvent.Cause.LEASE_EXPIRED));
		assertThat(this.registry.get("distributed.task.lost").tag("cause", "lease-expired").counter().count())
			.isEqualTo(2);
		assertThat(this.registry.get("distributed.task.lost").tag("cause", "left-behind").counter().count()).isZero();
	}

	@Test
	void metersOfTasksComeAndGoWithTheTasks() {
		DistributedTasksMetrics metrics = bind();
		tasks(Map.of("crawler", 3, "report", 1), Map.of("report", 1), Map.of("nowhere", 2));
		rebalance(metrics);
		assertThat(owned("crawler")).isEqualTo(3);
		assertThat(this.registry.get("distributed.task.success.age")
			.tag("task", "report")
			.timeGauge()
			.value(TimeUnit.SECONDS)).isEqualTo(90);
		assertThat(series("distributed.task.success.age")).as("of tasks whose runs end").containsExactly("report");
		assertThat(series("distributed.task.paused")).containsExactly("report");
		assertThat(series("distributed.task.unassigned")).containsExactly("nowhere");
		tasks(Map.of("crawler", 2), Map.of(), Map.of());
		rebalance(metrics);
		assertThat(owned("crawler")).isEqualTo(2);
		assertThat(series("distributed.task.owned")).containsExactly("crawler");
		assertThat(series("distributed.task.success.age")).isEmpty();
		assertThat(series("distributed.task.paused")).isEmpty();
		assertThat(series("distributed.task.unassigned")).isEmpty();
		tasks(Map.of("report", 1), Map.of(), Map.of());
		rebalance(metrics);
		assertThat(owned("report")).isEqualTo(1);
	}

	@Test
	void whatIsLostIsNotShownAnyMore() {
		DistributedTasksMetrics metrics = bind();
		tasks(Map.of("report", 1), Map.of(), Map.of());
		rebalance(metrics);
		tasks(Map.of(), Map.of(), Map.of());
		metrics.lost(new TaskLostEvent(new TaskId("report", 0), 7, TaskLostEvent.Cause.LEASE_EXPIRED));
		assertThat(series("distributed.task.owned")).isEmpty();
		assertThat(series("distributed.task.success.age")).isEmpty();
	}

	@Test
	void everyMeterHasTheGroupAndNoneIsNotANumber() {
		DistributedTasksMetrics metrics = bind();
		tasks(Map.of("crawler", 3, "report", 1), Map.of("report", 1), Map.of("nowhere", 2));
		rebalance(metrics);
		assertThat(this.registry.getMeters()).isNotEmpty().allSatisfy((meter) -> {
			assertThat(meter.getId().getTag("group")).isEqualTo("shop-tasks");
			meter.measure().forEach((measurement) -> assertThat(measurement.getValue()).isNotNaN());
		});
	}

	@Test
	void tenThousandTasksAreAsManySeriesOfEachKindAndNoMore() {
		DistributedTasksMetrics metrics = bind();
		int others = this.registry.getMeters().size();
		Map<String, Integer> owned = new HashMap<>();
		for (int i = 0; i < 10_000; i++) {
			owned.put("tenant-" + i, 1);
		}
		tasks(owned, Map.of(), Map.of());
		rebalance(metrics);
		assertThat(this.registry.getMeters()).hasSize(others + 10_000);
		tasks(Map.of(), Map.of(), Map.of());
		rebalance(metrics);
		assertThat(this.registry.getMeters()).hasSize(others);
	}

	@Test
	void gaugesShowTheFigures() {
		bind();
		this.figures = new InstanceFigures(12, 3, true, Duration.ofMillis(700), Duration.ofMillis(8500), 1000, 2000,
				InstanceFigures.NONE.tasks());
		assertThat(List.of("generation", "instances", "leader", "record.size", "record.limit"))
			.extracting((name) -> this.registry.get("distributed.task." + name).gauge().value())
			.containsExactly(12.0, 3.0, 1.0, 1000.0, 2000.0);
		assertThat(this.registry.get("distributed.task.lease.remaining").timeGauge().value(TimeUnit.SECONDS))
			.isEqualTo(8.5);
		assertThat(this.registry.get("distributed.task.contact.age").timeGauge().value(TimeUnit.SECONDS))
			.isEqualTo(0.7);
	}

	@Test
	void theFiguresAreTakenOnceForAScrape() {
		AtomicInteger asked = new AtomicInteger();
		LatestFigures latest = new LatestFigures(() -> {
			asked.incrementAndGet();
			return InstanceFigures.NONE;
		});
		for (int i = 0; i < 100_000; i++) {
			latest.latest();
		}
		assertThat(asked.get()).isPositive().isLessThan(10_000);
	}

	private DistributedTasksMetrics bind() {
		stuck(List.of());
		DistributedTasksMetrics metrics = new DistributedTasksMetrics(this.distributedTasks, "shop-tasks",
				() -> this.figures);
		metrics.bindTo(this.registry);
		this.bound = metrics;
		return metrics;
	}

	private void tasks(Map<String, Integer> owned, Map<String, Integer> paused, Map<String, Integer> unassigned) {
		Map<String, Duration> sinceSuccess = owned.containsKey("report") ? Map.of("report", Duration.ofSeconds(90))
				: Map.of();
		this.figures = new InstanceFigures(12, 3, false, Duration.ZERO, Duration.ZERO, 0, 0,
				new InstanceFigures.TaskFigures(owned, paused, unassigned, sinceSuccess));
	}

	private List<String> series(String name) {
		return this.registry.find(name).meters().stream().map((meter) -> meter.getId().getTag("task")).toList();
	}

	private static void rebalance(DistributedTasksMetrics metrics) {
		metrics.rebalanced(new GroupRebalancedEvent(13, "shop-1", 3, GroupRebalancedEvent.Cause.OTHER, Duration.ZERO,
				Map.of(), Map.of()));
	}

	private double owned(String task) {
		return this.registry.get("distributed.task.owned").tag("task", task).gauge().value();
	}

	private void stuck(List<TaskId> stuck) {
		given(this.distributedTasks.membership())
			.willReturn(new Membership("shop-1", GroupStatus.STABLE, 12, null, 0, stuck, null, false));
	}

}
