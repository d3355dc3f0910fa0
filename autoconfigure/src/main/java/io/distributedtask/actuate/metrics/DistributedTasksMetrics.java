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
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;

import io.distributedtask.DistributedTasks;
import io.distributedtask.Membership;
import io.distributedtask.event.GroupRebalancedEvent;
import io.distributedtask.event.InstanceCrashedEvent;
import io.distributedtask.event.TaskLostEvent;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import org.springframework.context.event.EventListener;

/**
 * Meters of this instance's membership in the group. The timer of runs comes from their
 * observation.
 * <ul>
 * <li>{@value #OWNED} and {@value #PAUSED} (gauges, shards, by task)</li>
 * <li>{@value #SINCE_SUCCESS} (gauge, time, by task): of scheduled tasks</li>
 * <li>{@value #INSTANCES} (gauge, instances)</li>
 * <li>{@value #LEADER} (gauge): 1 on the leader, 0 elsewhere</li>
 * <li>{@value #GENERATION} (gauge)</li>
 * <li>{@value #CONTACT_AGE} (gauge, time)</li>
 * <li>{@value #UNASSIGNED} (gauge, shards, by task): on the leader only</li>
 * <li>{@value #RECORD_SIZE} and {@value #RECORD_LIMIT} (gauges, bytes): on the leader, 0
 * elsewhere</li>
 * <li>{@value #LEASE_REMAINING} (gauge, time)</li>
 * <li>{@value #REBALANCE} (timer, by cause)</li>
 * <li>{@value #HAND_OVER} and {@value #FAIL_OVER} (timers): once for each shard</li>
 * <li>{@value #LOST} (counter, shards, by cause)</li>
 * <li>{@value #STUCK} (gauge, shards): shards that were revoked from this instance, or
 * lost by it, and whose code has not stopped within the revoke timeout. No other instance
 * gets them while this one lives and its heartbeats arrive, so a value above 0 requires
 * somebody to act.</li>
 * </ul>
 *
 * @since 0.1.0
 */
public class DistributedTasksMetrics implements MeterBinder {

	static final String OWNED = "distributed.task.owned";

	static final String SINCE_SUCCESS = "distributed.task.success.age";

	static final String INSTANCES = "distributed.task.instances";

	static final String LEADER = "distributed.task.leader";

	static final String GENERATION = "distributed.task.generation";

	static final String CONTACT_AGE = "distributed.task.contact.age";

	static final String PAUSED = "distributed.task.paused";

	static final String UNASSIGNED = "distributed.task.unassigned";

	static final String RECORD_SIZE = "distributed.task.record.size";

	static final String RECORD_LIMIT = "distributed.task.record.limit";

	static final String LEASE_REMAINING = "distributed.task.lease.remaining";

	static final String REBALANCE = "distributed.task.rebalance";

	static final String HAND_OVER = "distributed.task.handover";

	static final String FAIL_OVER = "distributed.task.failover";

	static final String LOST = "distributed.task.lost";

	static final String CRASH = "distributed.task.crash";

	static final String WATCHED = "distributed.task.watch.watched";

	static final String WATCHERS = "distributed.task.watch.watchers";

	static final String UNWATCHED = "distributed.task.watch.unwatched";

	static final String STUCK = "distributed.task.stuck";

	private final DistributedTasks distributedTasks;

	private final Tags tags;

	private final LatestFigures figures;

	private final List<EventMeters> eventMeters = new CopyOnWriteArrayList<>();

	/**
	 * Create new meters.
	 * @param distributedTasks supplies this instance's membership
	 * @param group the group id, a tag of all meters
	 * @param figures supplies the values of the meters, from memory
	 */
	public DistributedTasksMetrics(DistributedTasks distributedTasks, String group, Supplier<InstanceFigures> figures) {
		this.tags = Tags.of("group", group);
		this.distributedTasks = distributedTasks;
		this.figures = new LatestFigures(figures);
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		gauge(registry, INSTANCES, "instances", "Instances in the group", InstanceFigures::instances);
		gauge(registry, LEADER, null, "Whether this instance is the leader", (figures) -> figures.leader() ? 1 : 0);
		gauge(registry, GENERATION, null, "Generation of this instance's assignment", InstanceFigures::generation);
		gauge(registry, RECORD_SIZE, "bytes", "Size of the group's record, as the leader plans it",
				InstanceFigures::recordSize);
		gauge(registry, RECORD_LIMIT, "bytes", "Size up to which the group's record is safe, as the leader knows",
				InstanceFigures::recordLimit);
		time(registry, CONTACT_AGE, "Time since the coordinator has answered this instance",
				InstanceFigures::sinceContact);
		time(registry, LEASE_REMAINING, "Time for which the lease is valid without another response of the coordinator",
				InstanceFigures::leaseRemaining);
		Gauge.builder(STUCK, this.distributedTasks, (tasks) -> tasks.membership().stuck().size())
			.tags(this.tags)
			.description("Shards whose code has not stopped within the revoke timeout")
			.baseUnit("shards")
			.register(registry);
		watch(registry, WATCHED, "instances", "Instances whose crash this one would notice at once",
				(watch) -> (int) watch.watching().stream().filter(Membership.WatchedInstance::connected).count());
		watch(registry, WATCHERS, "connections", "Connections of instances that would notice the crash of this one",
				Membership.Watch::watchers);
		watch(registry, UNWATCHED, "instances", "Instances, this one among them, that cannot be watched",
				DistributedTasksMetrics::unwatched);
		this.eventMeters.add(new EventMeters(registry, this.tags, new TaskMeters(registry, this.tags, this.figures)));
	}

	private static int unwatched(Membership.Watch watch) {
		int others = (int) watch.watching().stream().filter((it) -> !it.connected()).count();
		return (watch.problem() != null) ? others + 1 : others;
	}

	/**
	 * Zero if the crash watch is off.
	 */
	private void watch(MeterRegistry registry, String name, String unit, String description,
			ToIntFunction<Membership.Watch> value) {
		Gauge.builder(name, this.distributedTasks, (tasks) -> {
			Membership.Watch watch = tasks.membership().watch();
			return (watch != null) ? value.applyAsInt(watch) : 0;
		}).tags(this.tags).description(description).baseUnit(unit).register(registry);
	}

	private void gauge(MeterRegistry registry, String name, @Nullable String unit, String description,
			ToDoubleFunction<InstanceFigures> value) {
		Gauge.builder(name, this.figures, (figures) -> value.applyAsDouble(figures.latest()))
			.tags(this.tags)
			.description(description)
			.baseUnit(unit)
			.register(registry);
	}

	private void time(MeterRegistry registry, String name, String description,
			Function<InstanceFigures, Duration> value) {
		TimeGauge
			.builder(name, this.figures, TimeUnit.SECONDS, (figures) -> value.apply(figures.latest()).toNanos() / 1e9)
			.tags(this.tags)
			.description(description)
			.register(registry);
	}

	/**
	 * Count a rebalance, its hand-overs and its fail-overs.
	 * @param event the rebalance
	 */
	@EventListener
	public void rebalanced(GroupRebalancedEvent event) {
		this.eventMeters.forEach((meters) -> meters.rebalanced(event));
	}

	/**
	 * Count a crash that the crash watch of this instance has found.
	 * @param event the crash
	 */
	@EventListener
	public void crashed(InstanceCrashedEvent event) {
		this.eventMeters.forEach((meters) -> meters.crashed(event));
	}

	/**
	 * Count a loss.
	 * @param event the loss
	 */
	@EventListener
	public void lost(TaskLostEvent event) {
		this.eventMeters.forEach((meters) -> meters.lost(event));
	}

}
