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

package io.distributedtask.benchmarks.failover;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import io.distributedtask.benchmarks.processes.BackendAddresses;
import io.distributedtask.benchmarks.processes.Backends;
import io.distributedtask.benchmarks.processes.Machine;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * Measures hand-over and fail-over of this project and of its alternatives, in turn, and
 * prints a table.
 */
public final class FailoverTable {

	static final String TOPIC = "work";

	private static final PrintStream out = System.out;

	private final List<Competitor> competitors = Competitors.all();

	private final Map<Competitor, Figures> figures = new LinkedHashMap<>();

	private final Backends backends;

	private final BackendAddresses addresses;

	private FailoverTable(Backends backends) {
		this.backends = backends;
		this.addresses = new BackendAddresses(backends.bootstrapServers(), backends.jdbcUrl(), backends.zooKeeper());
	}

	/**
	 * Measure.
	 * @param args {@code rounds=5}, {@code freezes=3} (in how many of the rounds an owner
	 * is frozen), and words of the names of systems, such as {@code Quartz}; all if there
	 * are none
	 * @throws Exception if the broker, the database or the ZooKeeper does not start
	 */
	public static void main(String[] args) throws Exception {
		Map<String, Integer> numbers = new HashMap<>(Map.of("rounds", 5, "freezes", 3));
		List<String> words = new ArrayList<>();
		for (String arg : args) {
			int equals = arg.indexOf('=');
			if (equals > 0) {
				numbers.put(arg.substring(0, equals), Integer.valueOf(arg.substring(equals + 1)));
			}
			else {
				words.add(arg);
			}
		}
		try (Backends backends = new Backends()) {
			new FailoverTable(backends).measure(numbers.getOrDefault("rounds", 0), numbers.getOrDefault("freezes", 0),
					words);
		}
		System.exit(0);
	}

	private void measure(int rounds, int freezes, List<String> words) throws Exception {
		try (Admin admin = Admin.create(Map.of("bootstrap.servers", this.addresses.bootstrapServers()))) {
			admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(1), Optional.empty()))).all().get();
		}
		for (Competitor competitor : this.competitors) {
			if (words.isEmpty()
					|| words.stream().anyMatch((competitor.name() + ", " + competitor.settings())::contains)) {
				this.figures.put(competitor, new Figures());
			}
		}
		for (int round = 0; round < rounds; round++) {
			for (Map.Entry<Competitor, Figures> entry : this.figures.entrySet()) {
				System.err.printf("round %d: %s, %s%n", round + 1, entry.getKey().name(), entry.getKey().settings());
				measure(entry.getKey(), entry.getValue(), round, round < freezes);
			}
		}
		print();
	}

	private void measure(Competitor competitor, Figures figures, int round, boolean freeze)
			throws InterruptedException {
		int index = this.competitors.indexOf(competitor);
		String id = "work-%d-%d".formatted(index, round);
		Path log = this.backends.folder().resolve(id + ".log");
		try (Trial trial = new Trial(competitor, figures,
				() -> new Instance(competitor, index, id, this.addresses, log))) {
			trial.run(freeze);
		}
		catch (IllegalStateException ex) {
			figures.addFailure("round %d: %s".formatted(round + 1, ex.getMessage()));
			printEnd(log);
		}
	}

	private static void printEnd(Path log) {
		try (Stream<String> lines = Files.lines(log)) {
			List<String> all = lines.toList();
			all.subList(Math.max(0, all.size() - 40), all.size()).forEach(System.err::println);
		}
		catch (IOException ex) {
			System.err.println(ex);
		}
	}

	private void print() {
		String[] artifacts = Stream
			.concat(Stream.of("spring-boot", "h2", "kafka_2.13", "zookeeper"),
					this.figures.keySet().stream().map(Competitor::artifact))
			.distinct()
			.toArray(String[]::new);
		out.println(Machine.describe(artifacts));
		out.println();
		out.println("Seconds from the signal to the owner until the first tick (every 25 ms) of another process: "
				+ "median (least-most). Stale ticks: of the run in which an owner was frozen, after it resumed and "
				+ "while another one worked, for each time.");
		out.println();
		out.println("| system | settings | SIGTERM | kill -9 | SIGSTOP | stale ticks | two at once |");
		out.println("|---|---|---|---|---|---|---|");
		this.figures.forEach((competitor, measured) -> out.println(measured.row(competitor)));
	}

}
