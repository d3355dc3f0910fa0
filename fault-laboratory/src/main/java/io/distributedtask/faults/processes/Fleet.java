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

package io.distributedtask.faults.processes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * The processes of all instances, by the names of the instances. Safe for any thread.
 */
public final class Fleet implements AutoCloseable {

	/** Are there whenever nothing is done to them. */
	public static final List<String> RESIDENTS = List.of("i1", "i2", "i3", "i4", "i5");

	/** Comes and goes in storms. */
	public static final String VISITOR = "i6";

	/** What is taken of an instance that is ended, frozen, or started again. */
	public static final String PROCESS = "process/";

	private static final int END_SECONDS = 20;

	private final InstanceProcess.Settings settings;

	private final BrokerCluster brokers;

	private final Map<String, InstanceProcess> processes = new TreeMap<>();

	private final Map<String, Integer> starts = new HashMap<>();

	private final Set<String> reserved = new HashSet<>();

	private final Map<String, Integer> watchPorts = new TreeMap<>();

	private final Consumer<String> starting;

	/**
	 * Create a fleet of which no process runs.
	 * @param settings what all instances have in common
	 * @param brokers their brokers
	 * @param starting told of each process before it is started, by its source
	 */
	public Fleet(InstanceProcess.Settings settings, BrokerCluster brokers, Consumer<String> starting) {
		this.settings = settings;
		this.brokers = brokers;
		this.starting = starting;
		List<Integer> ports = FreePorts.find(RESIDENTS.size() + 1);
		this.watchPorts.put(VISITOR, ports.get(RESIDENTS.size()));
		RESIDENTS.forEach((name) -> this.watchPorts.put(name, ports.get(RESIDENTS.indexOf(name))));
	}

	/**
	 * The port at which an instance is watched if its crash watch is on. All its
	 * processes have the same: so the next one answers at the address of the former.
	 */
	public int watchPort(String name) {
		return Objects.requireNonNull(this.watchPorts.get(name), name);
	}

	/**
	 * Start an instance, unless it is alive.
	 */
	public synchronized void start(String name) {
		InstanceProcess former = this.processes.get(name);
		if (former == null || !former.isAlive()) {
			String source = name + "-" + this.starts.merge(name, 1, Integer::sum);
			this.starting.accept(source);
			this.processes.put(name, InstanceProcess.start(this.settings, name, source,
					this.brokers.bootstrapServers(name), watchPort(name)));
		}
	}

	/**
	 * Wait until an instance that was told to stop has done so, and kill it if it takes
	 * too long.
	 * @return whether it stopped by itself
	 */
	public boolean awaitEnd(String name) {
		InstanceProcess process = process(name);
		if (process == null || process.awaitEnd(END_SECONDS)) {
			return true;
		}
		process.kill();
		return false;
	}

	public synchronized @Nullable InstanceProcess process(String name) {
		return this.processes.get(name);
	}

	public synchronized List<InstanceProcess> alive() {
		return this.processes.values().stream().filter(InstanceProcess::isAlive).toList();
	}

	public Set<String> aliveSources() {
		return alive().stream().map(InstanceProcess::source).collect(Collectors.toSet());
	}

	public void orderAll(String order) {
		alive().forEach((process) -> process.order(order));
	}

	/**
	 * Take an instance for a fault that can be one's alone.
	 * @param aspect of the instance: its process, its network, its clock
	 * @return the names that can be taken
	 */
	public synchronized List<String> free(String aspect) {
		List<String> free = new ArrayList<>();
		for (InstanceProcess process : alive()) {
			if (!this.reserved.contains(aspect + process.name())) {
				free.add(process.name());
			}
		}
		return free;
	}

	public synchronized boolean reserve(String aspect, String name) {
		return this.reserved.add(aspect + name);
	}

	public synchronized void release(String aspect, String name) {
		this.reserved.remove(aspect + name);
	}

	@Override
	public void close() {
		alive().forEach((process) -> {
			process.thaw();
			process.terminate();
		});
		List<InstanceProcess> left = alive();
		left.stream().filter((process) -> !process.awaitEnd(5)).forEach(InstanceProcess::kill);
	}

}
