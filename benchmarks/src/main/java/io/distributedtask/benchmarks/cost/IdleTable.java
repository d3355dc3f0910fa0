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

package io.distributedtask.benchmarks.cost;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

import io.distributedtask.benchmarks.processes.BackendAddresses;
import io.distributedtask.benchmarks.processes.Backends;
import io.distributedtask.benchmarks.processes.Machine;

/**
 * Measures what instances cost that do nothing, beside an application without anything,
 * and prints a table.
 */
public final class IdleTable {

	private static final PrintStream out = System.out;

	private static final int INSTANCES = 3;

	/** What the broker asks itself is no cost of an instance. */
	private static final Set<String> OF_INSTANCES = Set.of("Heartbeat", "JoinGroup", "SyncGroup", "LeaveGroup",
			"FindCoordinator", "Metadata", "ApiVersions", "DescribeGroups");

	private final Map<IdleApplication, IdleFigures> figures = new EnumMap<>(IdleApplication.class);

	private final Map<String, Integer> numbers = new HashMap<>(
			Map.of("starts", 5, "rounds", 1, "settle", 30, "seconds", 60));

	private final Backends backends;

	private final BackendAddresses addresses;

	private int names;

	private IdleTable(Backends backends) {
		this.backends = backends;
		this.addresses = new BackendAddresses(backends.bootstrapServers(), backends.jdbcUrl(), backends.zooKeeper());
	}

	/**
	 * Measure.
	 * @param args {@code starts=5}, {@code rounds=1}, {@code settle=30} and
	 * {@code seconds=60} of each round, which should be whole minutes, and names of
	 * {@link IdleApplication}; all if there are none
	 * @throws Exception if something does not start
	 */
	public static void main(String[] args) throws Exception {
		try (Backends backends = new Backends()) {
			new IdleTable(backends).measure(args);
		}
		System.exit(0);
	}

	private void measure(String[] args) throws Exception {
		for (String arg : args) {
			int equals = arg.indexOf('=');
			if (equals > 0) {
				this.numbers.put(arg.substring(0, equals), Integer.valueOf(arg.substring(equals + 1)));
			}
			else {
				this.figures.put(IdleApplication.valueOf(arg), new IdleFigures());
			}
		}
		if (this.figures.isEmpty()) {
			Arrays.stream(IdleApplication.values())
				.forEach((application) -> this.figures.put(application, new IdleFigures()));
		}
		// the first start of all reads the jars from the disk
		for (int start = -1; start < number("starts"); start++) {
			for (Map.Entry<IdleApplication, IdleFigures> entry : this.figures.entrySet()) {
				try (IdleInstance instance = start(entry.getKey(), name())) {
					List<Double> millis = instance.awaitStart();
					if (start >= 0) {
						entry.getValue().addStart(millis);
					}
				}
			}
		}
		for (int round = 0; round < number("rounds"); round++) {
			for (Map.Entry<IdleApplication, IdleFigures> entry : this.figures.entrySet()) {
				System.err.printf("round %d: %s%n", round + 1, entry.getKey());
				rest(entry.getKey(), entry.getValue());
			}
		}
		print();
	}

	private int number(String name) {
		return this.numbers.getOrDefault(name, 0);
	}

	private String name() {
		return "idle-" + this.names++;
	}

	private IdleInstance start(IdleApplication application, String name) {
		Path log = this.backends.folder().resolve(application + ".log");
		return new IdleInstance(application, name, this.addresses, log);
	}

	private void rest(IdleApplication application, IdleFigures figures) throws Exception {
		List<IdleInstance> instances = new ArrayList<>();
		String name = name();
		try {
			for (int i = 0; i < INSTANCES; i++) {
				instances.add(start(application, name));
			}
			for (IdleInstance instance : instances) {
				instance.awaitStart();
			}
			Thread.sleep(number("settle") * 1000L);
			rest(instances, figures);
			for (IdleInstance instance : instances) {
				figures.addHeap(instance.heap());
				figures.addResident(instance.resident());
			}
		}
		finally {
			instances.forEach(IdleInstance::close);
		}
	}

	private void rest(List<IdleInstance> instances, IdleFigures figures) throws Exception {
		long requests = requests();
		long statements = this.backends.statements();
		List<Double> before = instances.stream().map(IdleInstance::cpuSeconds).toList();
		long begin = System.nanoTime();
		Thread.sleep(number("seconds") * 1000L);
		double seconds = (System.nanoTime() - begin) / 1e9;
		for (int i = 0; i < instances.size(); i++) {
			figures.addProcessor(100 * (instances.get(i).cpuSeconds() - before.get(i)) / seconds);
		}
		figures.addRequests((requests() - requests) / seconds / instances.size());
		figures.addStatements((this.backends.statements() - statements) / seconds / instances.size());
	}

	/**
	 * How many requests the broker in this process has answered to instances.
	 */
	private static long requests() throws JMException {
		MBeanServer server = ManagementFactory.getPlatformMBeanServer();
		long requests = 0;
		for (ObjectName name : server
			.queryNames(new ObjectName("kafka.network:type=RequestMetrics,name=RequestsPerSec,*"), null)) {
			if (OF_INSTANCES.contains(name.getKeyProperty("request"))) {
				requests += ((Number) server.getAttribute(name, "Count")).longValue();
			}
		}
		return requests;
	}

	private void print() {
		String[] artifacts = Stream
			.concat(Stream.of("spring-boot", "h2", "kafka_2.13"),
					this.figures.keySet().stream().map(IdleApplication::artifact))
			.distinct()
			.toArray(String[]::new);
		out.println(Machine.describe(artifacts));
		out.println();
		out.printf("For each of %d instances with %d tasks that do nothing once a minute, over %d s: median "
				+ "(least-most), and the differences to the first row and to the one with the same libraries. "
				+ "Requests and statements are means of the instances. Goals of distributed-task beside the row "
				+ "before it: less than 100 ms, 0.2 %% of a core and 8 MiB more, 2 requests/s.%n%n", INSTANCES,
				IdleApplication.TASKS, number("seconds"));
		out.println(
				"| application | start, ms | main thread in it, ms of processor | processor, % of a core | RSS, MiB | heap after GC, MiB | "
						+ "Kafka requests/s | SQL statements/s |");
		out.println("|---|---|---|---|---|---|---|---|");
		this.figures.forEach((application, measured) -> out.println(measured.row(application.description(),
				application.comparedWith().map(this.figures::get).filter(Objects::nonNull).toList())));
	}

}
