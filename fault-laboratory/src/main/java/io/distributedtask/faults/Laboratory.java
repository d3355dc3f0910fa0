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

package io.distributedtask.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.distributedtask.faults.history.FaultKind;
import io.distributedtask.faults.history.GroupFile;
import io.distributedtask.faults.history.GroupUnderTest;
import io.distributedtask.faults.history.History;
import io.distributedtask.faults.history.HistoryEvent;
import io.distributedtask.faults.history.HistoryEvent.Kind;
import io.distributedtask.faults.history.HistoryTail;
import io.distributedtask.faults.history.HistoryWriter;
import io.distributedtask.faults.injection.BrokerFaults;
import io.distributedtask.faults.injection.Episode;
import io.distributedtask.faults.injection.Episode.DrawnFault;
import io.distributedtask.faults.injection.FaultFamily;
import io.distributedtask.faults.injection.FaultInjector;
import io.distributedtask.faults.injection.GroupFaults;
import io.distributedtask.faults.injection.InstanceFaults;
import io.distributedtask.faults.injection.NetworkFaults;
import io.distributedtask.faults.injection.WatchFaults;
import io.distributedtask.faults.instance.FencedStore;
import io.distributedtask.faults.instance.InstanceMain;
import io.distributedtask.faults.mutation.Mutation;
import io.distributedtask.faults.network.Firewall;
import io.distributedtask.faults.processes.BrokerCluster;
import io.distributedtask.faults.processes.Fleet;
import io.distributedtask.faults.processes.InstanceProcess;
import io.distributedtask.faults.report.Report;
import io.distributedtask.faults.rules.Checker;
import io.distributedtask.faults.rules.Verdict;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Five instances, their brokers, and what happens to them: episodes of faults that
 * overlap, after each of which the group is left alone until all is well. Everything is
 * written down, and a {@link Checker} says whether what was promised was kept.
 */
final class Laboratory implements AutoCloseable {

	private static final int SHARDS_OF_CRAWL = 8;

	private static final Logger logger = LoggerFactory.getLogger(Laboratory.class);

	private static final Map<String, Integer> SHARDS = Map.of(GroupUnderTest.CRAWL, SHARDS_OF_CRAWL,
			GroupUnderTest.STUBBORN, 1, GroupUnderTest.THROWER, 1, GroupUnderTest.LEADER, 1);

	private static final Set<String> SCHEDULES = Set.of(GroupUnderTest.TICK, GroupUnderTest.TOCK);

	private static final Duration RECENT = Duration.ofMillis(2500);

	private static final Duration CALM = Duration.ofMillis(1500);

	private static final Duration MOST_TO_SETTLE = Duration.ofSeconds(60);

	private static final Duration MOST_TO_START = Duration.ofMinutes(4);

	private static final int EPISODES_PER_CHECK = 10;

	private final LaboratoryOptions options;

	private final GroupUnderTest underTest;

	private final Random random;

	private final HistoryWriter history;

	private final HistoryTail tail;

	private final FencedStore store;

	private final BrokerCluster brokers;

	private final Fleet fleet;

	private final @Nullable Firewall firewall;

	private final Map<FaultKind, Integer> weights;

	private final FaultInjector injector;

	private long unwellNanos;

	/**
	 * Build a laboratory: its brokers are up, its instances are not.
	 */
	Laboratory(LaboratoryOptions options) {
		this.options = options;
		this.random = new Random(options.seed());
		this.underTest = new GroupUnderTest(Duration.ofMillis(300), Duration.ofSeconds(3), Duration.ofSeconds(6),
				Duration.ofSeconds(2), SHARDS_OF_CRAWL, options.staticMembers());
		try {
			Files.createDirectories(options.folder());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		GroupFile.write(options.folder(), this.underTest, options.seed());
		this.history = new HistoryWriter(options.folder(), HistoryEvent.LABORATORY);
		this.tail = new HistoryTail(options.folder());
		this.store = new FencedStore(new HistoryWriter(options.folder(), HistoryEvent.STORE));
		List<String> slots = Stream.concat(Fleet.RESIDENTS.stream(), Stream.of(Fleet.VISITOR)).toList();
		this.brokers = BrokerCluster.start(options.folder(), options.brokers(), slots);
		Mutation mutation = options.mutation();
		this.fleet = new Fleet(
				new InstanceProcess.Settings(options.folder(), this.store.port(),
						(mutation != null) ? mutation.name() : InstanceMain.NO_MUTATION, arguments()),
				this.brokers, (source) -> this.history.write(Kind.STARTING, source));
		this.firewall = options.watch() ? Firewall.open() : null;
		this.weights = possible(options.weights());
		this.injector = new FaultInjector(this.history, families());
	}

	/**
	 * What this machine can do of what is wanted.
	 */
	private Map<FaultKind, Integer> possible(Map<FaultKind, Integer> wanted) {
		String missing = (this.firewall != null) ? this.firewall.missing() : null;
		Map<FaultKind, Integer> possible = new EnumMap<>(wanted);
		if (missing != null) {
			Set<FaultKind> skipped = EnumSet.copyOf(FaultKind.OF_THE_WATCH);
			skipped.add(FaultKind.KILL_BEHIND_PROXY);
			skipped.remove(FaultKind.WATCH_LISTENER);
			skipped.retainAll(wanted.keySet());
			possible.keySet().removeAll(skipped);
			logger.warn("Skipped are {}: {}", skipped, missing);
			String kinds = skipped.stream().map(FaultKind::name).collect(Collectors.joining(","));
			this.history.write(Kind.SKIPPED, kinds + " " + missing.replaceAll("\\s", " "));
		}
		return possible;
	}

	private List<String> arguments() {
		List<String> arguments = new ArrayList<>(List.of("--distributed-task.group-id=" + GroupUnderTest.ID,
				"--distributed-task.heartbeat-interval=" + this.underTest.heartbeatInterval().toMillis() + "ms",
				"--distributed-task.session-timeout=" + this.underTest.sessionTimeout().toMillis() + "ms",
				"--distributed-task.rebalance-timeout=" + this.underTest.rebalanceTimeout().toMillis() + "ms",
				"--distributed-task.revoke-timeout=" + this.underTest.revokeTimeout().toMillis() + "ms",
				"--distributed-task.tasks.crawl.shards=" + this.underTest.shards(),
				"--spring.lifecycle.timeout-per-shutdown-phase=4s", "--spring.main.banner-mode=off",
				"--spring.task.scheduling.pool.size=4"));
		if (this.options.watch()) {
			arguments.addAll(List.of("--distributed-task.watch.enabled=true",
					"--distributed-task.watch.bind-address=127.0.0.1"));
		}
		if (this.underTest.staticMembers()) {
			arguments.add("--distributed-task.static-member-id=${distributed-task.instance-name}");
		}
		return arguments;
	}

	private Map<FaultKind, FaultFamily> families() {
		InstanceFaults instances = new InstanceFaults(this.fleet, this.underTest);
		NetworkFaults network = new NetworkFaults(this.fleet, this.brokers, this.underTest);
		BrokerFaults brokers = new BrokerFaults(this.brokers, this.underTest);
		GroupFaults group = new GroupFaults(this.fleet, this.brokers, this.tail::leader);
		FaultFamily watch = (this.firewall != null)
				? new WatchFaults(this.fleet, this.firewall, this.store.port(), this.underTest)
				: (kind, random) -> null;
		Map<FaultKind, FaultFamily> families = new EnumMap<>(FaultKind.class);
		for (FaultKind kind : FaultKind.values()) {
			families.put(kind, switch (kind) {
				case TERMINATE, KILL, KILL_SERIES, FREEZE_SHORT, FREEZE_LONG, CLOCK_JUMP, STORM, STUBBORN, THROW ->
					instances;
				case CUT, STALL, ONE_WAY, SLOW -> network;
				case BROKER_STOP, BROKER_KILL, BROKER_FREEZE, COORDINATOR_MOVE, ALL_BROKERS -> brokers;
				case FREEZE_LEADER, FREEZE_JOINER, GARBAGE, EVICT, DELETE_GROUP, KILL_NEIGHBORS -> group;
				case KILL_BEHIND_PROXY, WATCH_CUT, WATCH_STALL, WATCH_ONE_WAY, WATCH_REJECT, WATCH_PROXY,
						WATCH_LISTENER ->
					watch;
			});
		}
		return families;
	}

	/**
	 * Do faults for as long as was asked, or until a promise is broken.
	 * @return what the checker says
	 */
	Outcome run() {
		Fleet.RESIDENTS.forEach(this.fleet::start);
		boolean well = settle(0);
		long end = System.nanoTime() + this.options.lasts().toNanos();
		for (int episode = 1; well && System.nanoTime() - end < 0; episode++) {
			disturb(Episode.draw(this.random, this.weights));
			well = settle(episode);
			boolean mutated = this.options.mutation() != null;
			if (mutated || episode % EPISODES_PER_CHECK == 0) {
				Outcome outcome = check();
				logger.info("Episode {}: {} violations so far", episode, outcome.verdict().violations().size());
				if (!outcome.verdict().violations().isEmpty()) {
					return outcome;
				}
			}
		}
		return check();
	}

	private Outcome check() {
		History history = History.read(this.options.folder());
		Verdict verdict = Checker.check(history, this.underTest);
		String text = Report.figures(verdict, this.underTest) + "\n"
				+ Report.violations(history, verdict, this.options.seed());
		return new Outcome(verdict, text);
	}

	private void disturb(Episode episode) {
		episode.faults().forEach(this.injector::schedule);
		await(Duration.ofMillis(Episode.LASTS_MILLIS), () -> false);
		awaitIdle();
		if (episode.deletesGroup()) {
			this.injector.schedule(new DrawnFault(FaultKind.DELETE_GROUP, 0, this.random.nextLong()));
			awaitIdle();
		}
	}

	private void awaitIdle() {
		if (!await(MOST_TO_SETTLE.multipliedBy(2), this.injector::isIdle)) {
			throw new IllegalStateException("A fault could not be undone; logs are in " + this.options.folder());
		}
	}

	/**
	 * Leave the group alone until all is well.
	 * @return whether that came to pass
	 */
	private boolean settle(int episode) {
		Fleet.RESIDENTS.forEach(this.fleet::start);
		this.history.write(Kind.SETTLING, String.valueOf(episode));
		this.unwellNanos = System.nanoTime();
		boolean well = await((episode == 0) ? MOST_TO_START : MOST_TO_SETTLE, this::isWellForAWhile);
		if (well) {
			this.history.write(Kind.SETTLED, String.valueOf(episode));
		}
		else {
			logger.error("Episode {} did not settle: {}", episode, unwell());
		}
		return well;
	}

	private boolean isWellForAWhile() {
		long now = System.nanoTime();
		if (!unwell().isEmpty() || !this.injector.isIdle()) {
			this.unwellNanos = now;
		}
		return now - this.unwellNanos >= CALM.toNanos();
	}

	private Set<String> unwell() {
		Set<String> alive = this.fleet.aliveSources();
		Set<String> unwell = new TreeSet<>();
		if (alive.size() != Fleet.RESIDENTS.size()) {
			unwell.add("alive are " + alive);
		}
		unwell.addAll(this.tail.unwell(alive, SHARDS, SCHEDULES, System.nanoTime() - RECENT.toNanos()));
		return unwell;
	}

	private boolean await(Duration timeout, BooleanSupplier condition) {
		long deadline = System.nanoTime() + timeout.toNanos();
		while (System.nanoTime() - deadline < 0) {
			this.tail.read();
			this.tail.takeFrozen().forEach(this::thawLater);
			if (condition.getAsBoolean()) {
				return true;
			}
			try {
				TimeUnit.MILLISECONDS.sleep(50);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return false;
			}
		}
		return condition.getAsBoolean();
	}

	private void thawLater(HistoryEvent frozen) {
		InstanceProcess process = this.fleet.process(frozen.instance());
		if (process != null && process.source().equals(frozen.source())) {
			int most = (int) this.underTest.sessionTimeout().multipliedBy(2).toMillis();
			this.injector.thawLater(frozen, process, FaultFamily.between(this.random, 100, most));
		}
	}

	@Override
	public void close() {
		this.injector.close();
		if (this.firewall != null) {
			this.firewall.close();
		}
		this.fleet.close();
		this.brokers.close();
		this.store.close();
		this.history.close();
	}

	/**
	 * What came of a run.
	 *
	 * @param verdict what the checker says
	 * @param text the same for people
	 */
	record Outcome(Verdict verdict, String text) {
	}

}
