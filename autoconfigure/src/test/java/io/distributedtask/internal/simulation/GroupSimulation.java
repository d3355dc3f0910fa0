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

package io.distributedtask.internal.simulation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState;
import io.distributedtask.internal.leader.TaskCatalog;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.port.MemberSettings;
import io.distributedtask.internal.simulation.OwnershipLedger.BrokenPromise;
import io.distributedtask.internal.simulation.OwnershipLedger.Promises;
import org.jspecify.annotations.Nullable;

/**
 * A group of instances, a broker and a network in virtual time. The same seed makes the
 * same things happen.
 */
final class GroupSimulation {

	private static final int TRACE_LENGTH = 120;

	private static final Duration CALM = Duration.ofSeconds(45);

	private static final Duration STILL = Duration.ofSeconds(8);

	private final long seed;

	private final SimulatedCircumstances circumstances;

	private final Random random;

	private final VirtualTime time = new VirtualTime();

	private final SimulatedNetwork network;

	private final SimulatedBroker broker;

	private final OwnershipLedger ledger;

	private final SimulatedAssignor assignor = new SimulatedAssignor();

	private final SimulatedOperator operator;

	private final List<SimulatedInstance> instances = new ArrayList<>();

	private final Deque<String> trace = new ArrayDeque<>();

	private final Duration session;

	private final Duration rebalance;

	private final Duration heartbeat;

	private final Duration rebalanceDelay;

	private final boolean staticMembers;

	private final long longestStop;

	private final boolean labels;

	private final Map<String, Long> started = new LinkedHashMap<>();

	private List<TaskDefinition> tasks;

	private int joined;

	private @Nullable Throwable failure;

	GroupSimulation(long seed) {
		this.seed = seed;
		this.random = new Random(seed * 0x9E3779B97F4A7C15L);
		this.circumstances = SimulatedCircumstances.of(seed);
		this.session = Duration.ofMillis(4000 + this.random.nextInt(4000));
		this.staticMembers = this.random.nextInt(3) == 0;
		this.rebalance = this.session.multipliedBy(this.staticMembers ? 8 : 4)
			.dividedBy(4)
			.plusMillis(this.random.nextInt(4000));
		this.heartbeat = Duration.ofMillis(300 + this.random.nextInt(400));
		this.rebalanceDelay = this.random.nextBoolean() ? Duration.ZERO : Duration.ofMillis(this.random.nextInt(8000));
		this.longestStop = VirtualTime.millis(1 + this.random.nextInt(3000));
		this.labels = this.circumstances.hasLabels() && this.random.nextInt(3) == 0;
		this.tasks = randomTasks();
		this.network = new SimulatedNetwork(this.time, this.random);
		this.network.delays(1, 1 + this.random.nextInt(20));
		this.broker = new SimulatedBroker(this.time, this.random, this::trace);
		this.broker.initialDelay(Duration.ofMillis(this.random.nextInt(3) * 200L));
		this.operator = new SimulatedOperator(this, seed);
		this.ledger = new OwnershipLedger(this.time, this.broker, this::trace, promises());
	}

	private Promises promises() {
		long overlap = (this.circumstances == SimulatedCircumstances.EVICTIONS)
				? this.heartbeat.plusMillis(200).toNanos() : 0;
		// a static member may stop and take its time to come back, and then crash; and an
		// operator may drain every instance
		long gap = (this.circumstances == SimulatedCircumstances.CRASHES && !this.staticMembers
				&& !this.operator.isActive())
						? this.session.plus(this.heartbeat).plusMillis(1500).plus(keptAtMost()).toNanos() : 0;
		long unknown = this.session.multipliedBy(2).plus(this.rebalance).plusSeconds(3).toNanos();
		return new Promises(this.circumstances == SimulatedCircumstances.ORDERLY, this.circumstances.knowsProgress(),
				this.circumstances == SimulatedCircumstances.ORDERLY
						|| this.circumstances == SimulatedCircumstances.CRASHES,
				overlap, gap, unknown);
	}

	/**
	 * A shard may be kept for one that drains, and kept again if that one is back and
	 * crashes.
	 */
	private Duration keptAtMost() {
		return this.rebalanceDelay.isZero() ? Duration.ZERO
				: this.rebalanceDelay.multipliedBy(2).plusNanos(this.longestStop);
	}

	List<TaskDefinition> randomTasks() {
		List<TaskDefinition> tasks = new ArrayList<>();
		int count = 1 + this.random.nextInt(4);
		for (int i = 0; i < count; i++) {
			TaskDefinition task = TaskDefinition.of("t" + i).withShards(1 + this.random.nextInt(8));
			tasks.add((this.labels && this.random.nextBoolean()) ? task.withRequires("zone=a") : task);
		}
		return tasks;
	}

	/*
	 * What happens.
	 */

	/**
	 * Let random things happen, then let everything heal, and look whether the group has
	 * come to rest as it should.
	 * @throws AssertionError if a promise is broken; the message tells the seed and what
	 * happened last
	 */
	void run() {
		try {
			int initial = 1 + this.random.nextInt(4);
			for (int i = 0; i < initial; i++) {
				join();
			}
			long end = VirtualTime.millis(20_000 + this.random.nextInt(30_000));
			while (this.time.now() < end) {
				pass(Duration.ofMillis(
						(this.random.nextInt(4) == 0) ? this.random.nextInt(100) : 200 + this.random.nextInt(4000)));
				this.circumstances.act(this);
				this.operator.act();
			}
			comeToRest();
		}
		catch (RuntimeException | AssertionError ex) {
			StringBuilder message = new StringBuilder("%s%n  in simulation -Dsimulation.seed=%d (%s), after:%n"
				.formatted(ex, this.seed, this.circumstances));
			this.trace.forEach((line) -> message.append("    ").append(line).append('\n'));
			throw new AssertionError(message.toString(), ex);
		}
	}

	/**
	 * Let everything heal, and look whether the group comes to rest as it should.
	 */
	void comeToRest() {
		heal();
		// one that was fenced may wait for long before it asks whether the other is gone
		pass(this.staticMembers ? CALM.multipliedBy(2) : CALM);
		if (this.operator.isActive()) {
			this.operator.takeEverythingBack();
			pass(CALM);
			this.operator.checkRest();
		}
		int generation = this.broker.generation();
		pass(STILL);
		checkRest(generation);
	}

	/**
	 * Let time pass, and look after each step whether all promises are kept.
	 * @param duration how long
	 */
	void pass(Duration duration) {
		long end = this.time.now() + duration.toNanos();
		while (this.time.step(end)) {
			this.ledger.checkExclusive();
			BrokenPromise broken = this.ledger.broken();
			if (broken != null) {
				throw broken;
			}
			if (this.failure != null) {
				throw new IllegalStateException("A poll failed", this.failure);
			}
		}
	}

	void trace(String line) {
		if (this.trace.size() == TRACE_LENGTH) {
			this.trace.remove();
		}
		this.trace.add("%9.3f %s".formatted(this.time.now() / 1e9, line));
	}

	void failed(Throwable failure) {
		this.failure = failure;
	}

	SimulatedInstance join() {
		String name = "i" + ++this.joined;
		List<SimulatedInstance> namesakes = this.instances;
		if (this.staticMembers && this.circumstances.knowsProgress()) {
			// a live process that another one takes the place of fails, too
			List<String> taken = live().stream().map((instance) -> instance.settings().instance()).toList();
			namesakes = this.instances.stream()
				.filter((instance) -> !taken.contains(instance.settings().instance()))
				.toList();
		}
		if (this.random.nextInt(this.staticMembers ? 2 : 4) == 0 && !namesakes.isEmpty()) {
			String former = any(namesakes).settings().instance();
			// two with one static id that start at the same time may both be told that
			// nobody has it: no promise is made for that
			if (!this.staticMembers
					|| this.time.now() - this.started.getOrDefault(former, 0L) > VirtualTime.millis(2000)) {
				name = former;
			}
		}
		return join(name);
	}

	/**
	 * A third of all schedules has a limit, which leaves their other chances as they are.
	 */
	private int maxMoves() {
		return (this.seed % 3 == 0) ? 4 + (int) (this.seed / 3 % 5) : Integer.MAX_VALUE;
	}

	private SimulatedInstance join(String name) {
		this.started.put(name, this.time.now());
		Map<String, String> instanceLabels = this.labels ? Map.of("zone", (this.random.nextInt(3) == 0) ? "b" : "a")
				: Map.of();
		MemberSettings settings = new MemberSettings("g", name, () -> null, instanceLabels, 1.0, this.heartbeat,
				this.session, this.rebalance, Duration.ofSeconds(30), this.rebalanceDelay, maxMoves(),
				this.staticMembers, false);
		long skew = this.session.toMillis() / 4;
		double rate = 0.99 + this.random.nextDouble() * 0.02;
		if (this.circumstances == SimulatedCircumstances.EVICTIONS) {
			// who takes over at once may not have heard of the last token, and goes by
			// the clock
			rate = 1;
			skew = 0;
		}
		SimulatedClocks clocks = new SimulatedClocks(this.time, rate, this.random.nextLong() / 4,
				(long) ((this.random.nextDouble() * 2 - 1) * skew));
		trace(name + " is started");
		SimulatedInstance instance = new SimulatedInstance(this, settings, this.tasks, this.assignor, clocks);
		this.instances.add(instance);
		return instance;
	}

	/**
	 * From now on instances are started that know other tasks.
	 */
	void changeTasks() {
		this.tasks = randomTasks();
		trace("new version with " + this.tasks);
	}

	void crash(SimulatedInstance instance) {
		trace(instance + " crashes");
		instance.crash();
		this.ledger.crashed(instance);
	}

	void drain(SimulatedInstance instance) {
		trace(instance + " is told to stop");
		instance.drain();
	}

	void stopBroker(Duration downTime) {
		trace("the broker is gone for " + downTime.toMillis() + " ms");
		this.network.brokerGone();
		this.broker.unload();
		this.time.after(downTime.toNanos(), this::startBroker);
	}

	/**
	 * The broker stands still for longer than a session: it drops all members.
	 */
	void freezeBroker() {
		Duration time = this.session.multipliedBy(3);
		trace("the broker stands still for " + time.toMillis() + " ms");
		this.network.brokerGone();
		pass(time);
		this.network.brokerBack();
	}

	private void startBroker() {
		if (!this.network.isBrokerReachable()) {
			this.network.brokerBack();
			this.broker.load();
		}
	}

	private void heal() {
		trace("everything heals");
		startBroker();
		this.network.loss(0);
		this.network.delays(1, 5);
		this.assignor.fault(SimulatedAssignor.Fault.NONE);
		for (SimulatedInstance instance : live()) {
			instance.thaw();
			instance.link().heal();
			instance.runner().release();
		}
		if (this.staticMembers) {
			Map<String, SimulatedInstance> newest = new LinkedHashMap<>();
			live().forEach((instance) -> newest.put(instance.settings().instance(), instance));
			live().stream().filter((instance) -> !newest.containsValue(instance)).forEach(this::crash);
		}
		if (established().isEmpty()) {
			join("i" + ++this.joined);
		}
	}

	/*
	 * What must be so in the end.
	 */

	private void checkRest(int generation) {
		check(this.broker.state() == SimulatedBroker.State.STABLE, "the group is " + this.broker.state());
		check(this.broker.generation() == generation,
				"the group goes on rebalancing: generation " + generation + " became " + this.broker.generation());
		List<SimulatedInstance> live = live();
		for (SimulatedInstance instance : live) {
			check(instance.membership().isStable() && !instance.isDraining(), instance + " is not stable");
			check(instance.engine().membership().problem() == null,
					instance + " has a problem: " + instance.engine().membership().problem());
		}
		check(this.broker.members().size() == live.size(), "members " + this.broker.members().keySet());
		Map<String, MemberMetadata> members = this.broker.members();
		TaskCatalog catalog = TaskCatalog.of(members.values(), members.get(this.broker.leader()));
		Map<TaskId, SimulatedInstance> owners = this.ledger.owners();
		Map<SimulatedInstance, Integer> loads = new LinkedHashMap<>();
		live.forEach((instance) -> loads.put(instance, 0));
		for (TaskDefinition task : catalog.definitions().values()) {
			for (int shard = 0; shard < task.shards(); shard++) {
				checkOwner(catalog, task, new TaskId(task.name(), shard), owners, loads);
			}
		}
		owners.forEach((id, owner) -> {
			TaskDefinition task = catalog.definitions().get(id.name());
			check(task != null && id.shard() < task.shards(), id + " is owned and does not exist");
		});
		if (!this.labels && this.circumstances != SimulatedCircumstances.ROLLING) {
			int most = loads.values().stream().mapToInt(Integer::intValue).max().orElse(0);
			int least = loads.values().stream().mapToInt(Integer::intValue).min().orElse(0);
			check(most - least <= 1, "shards are spread unevenly: " + loads);
		}
	}

	private void checkOwner(TaskCatalog catalog, TaskDefinition task, TaskId id, Map<TaskId, SimulatedInstance> owners,
			Map<SimulatedInstance, Integer> loads) {
		SimulatedInstance owner = owners.get(id);
		boolean runnable = this.broker.members().values().stream().anyMatch((member) -> canOwn(catalog, member, task));
		if (owner == null) {
			check(!runnable, id + " has no owner");
		}
		else {
			check(live().contains(owner), id + " is owned by " + owner + ", which is gone");
			check(owner.settings().labels().entrySet().containsAll(task.requires().labels().entrySet()),
					id + " is owned by " + owner + ", which may not");
			loads.merge(owner, 1, Integer::sum);
		}
	}

	private static boolean canOwn(TaskCatalog catalog, MemberMetadata member, TaskDefinition task) {
		Set<String> known = catalog.runnableBy(member);
		return new GroupState.Instance(member.instance(), member.labels(), 1.0, known).canOwn(task);
	}

	private static void check(boolean kept, String broken) {
		if (!kept) {
			throw new BrokenPromise("In the end " + broken);
		}
	}

	/*
	 * Who and what takes part.
	 */

	/**
	 * The instances that run, frozen or not.
	 */
	List<SimulatedInstance> live() {
		return this.instances.stream().filter((instance) -> !instance.isOver()).toList();
	}

	/**
	 * The instances that run and have had an assignment, and are not about to leave.
	 */
	List<SimulatedInstance> established() {
		return live().stream()
			.filter((instance) -> !instance.isDraining() && instance.membership().isEstablished()
					&& instance.engine().membership().generation() >= 0)
			.toList();
	}

	<T> T any(List<T> list) {
		return list.get(this.random.nextInt(list.size()));
	}

	long seed() {
		return this.seed;
	}

	VirtualTime time() {
		return this.time;
	}

	Random random() {
		return this.random;
	}

	SimulatedNetwork network() {
		return this.network;
	}

	SimulatedBroker broker() {
		return this.broker;
	}

	OwnershipLedger ledger() {
		return this.ledger;
	}

	SimulatedAssignor assignor() {
		return this.assignor;
	}

	long longestStop() {
		return this.longestStop;
	}

	/**
	 * How many milliseconds a message takes over a slow network. Where one rebalance
	 * follows the other and messages take as long as heartbeats are apart, leases end.
	 */
	int slowest() {
		return (this.circumstances == SimulatedCircumstances.ORDERLY) ? 60 : 400;
	}

	Duration session() {
		return this.session;
	}

}
