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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.distributedtask.broker.NodeLayout;
import io.distributedtask.broker.NodeLayout.ClientListener;
import io.distributedtask.faults.network.Link;
import io.distributedtask.faults.network.LinkLoop;
import io.distributedtask.faults.network.Links;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brokers in processes of their own, and the links that lead to them. One broker is its
 * own controller; several have one that is never disturbed.
 *
 * <p>
 * Every slot, which is the name of an instance, has a listener of its own at every
 * broker, and the brokers tell its clients addresses of its own links only. Whatever an
 * instance learns from a broker, it connects through its links.
 *
 * <p>
 * Brokers have the node ids 1, 2 and so on. Methods wait for their effect, and do nothing
 * if it is there already. Safe for any thread.
 */
public final class BrokerCluster implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(BrokerCluster.class);

	private static final String PLAINTEXT = "PLAINTEXT";

	private static final int CONTROLLER_OF_ITS_OWN = 0;

	private final LinkLoop loop = LinkLoop.start();

	private final Map<String, Links> links = new HashMap<>();

	private final Map<Integer, Integer> ports = new TreeMap<>();

	private final Map<Integer, BrokerProcess> nodes = new TreeMap<>();

	private final ClusterAdmin admin;

	private final Thread shutdownHook = new Thread(this::closeAll, "kill-brokers");

	private BrokerCluster(Path folder, int brokers, List<String> slots) {
		Iterator<Integer> free = FreePorts.find(1 + brokers * (1 + slots.size())).iterator();
		int controllerPort = free.next();
		for (int broker = 1; broker <= brokers; broker++) {
			this.ports.put(broker, free.next());
		}
		List<ClientListener> listeners = new ArrayList<>();
		slots.forEach((slot) -> listeners.add(openSlot(slot, free)));
		int controller = (brokers == 1) ? 1 : CONTROLLER_OF_ITS_OWN;
		NodeLayout layout = new NodeLayout(Uuid.randomUuid().toString(), controller, controllerPort,
				Map.copyOf(this.ports), listeners, properties(brokers));
		ClassArchive archive = new ClassArchive(folder.resolve("brokers.jsa"));
		for (int id : layout.nodeIds()) {
			String name = (id == CONTROLLER_OF_ITS_OWN) ? "controller" : "b" + id;
			this.nodes.put(id, new BrokerProcess(name, folder, layout.clusterId(),
					layout.properties(id, folder.resolve(name + "-storage")), archive));
		}
		this.admin = new ClusterAdmin(this::usableServers);
	}

	private ClientListener openSlot(String slot, Iterator<Integer> free) {
		Map<Integer, Integer> listenerPorts = new HashMap<>();
		Map<Integer, Integer> linkPorts = new HashMap<>();
		Map<Integer, Link> byBroker = new HashMap<>();
		for (int broker : this.ports.keySet()) {
			int port = free.next();
			Link link = this.loop.open(0, port);
			listenerPorts.put(broker, port);
			linkPorts.put(broker, link.port());
			byBroker.put(broker, link);
		}
		this.links.put(slot, new Links(byBroker));
		return new ClientListener(slot.toUpperCase(Locale.ROOT), PLAINTEXT, listenerPorts, linkPorts);
	}

	/**
	 * So that a death is noticed soon, nothing that was acknowledged is lost with one
	 * broker, and nothing but the laboratory moves a coordinator.
	 */
	private static Map<String, String> properties(int brokers) {
		return Map.of("group.min.session.timeout.ms", "500", "group.initial.rebalance.delay.ms", "0",
				"offsets.topic.num.partitions", "3", "min.insync.replicas", (brokers < 3) ? "1" : "2",
				"unclean.leader.election.enable", "false", "auto.leader.rebalance.enable", "false",
				"broker.session.timeout.ms", "3000", "broker.heartbeat.interval.ms", "500", "replica.lag.time.max.ms",
				"3000");
	}

	/**
	 * Start brokers and wait until they serve.
	 * @param folder where storage, logs and configuration go; not removed
	 * @param brokers how many, 1 or 3
	 * @param slots names of instances: letters and digits
	 * @return the running brokers
	 */
	public static BrokerCluster start(Path folder, int brokers, List<String> slots) {
		try {
			Files.createDirectories(folder);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		BrokerCluster cluster = new BrokerCluster(folder, brokers, slots);
		try {
			cluster.startAll();
			return cluster;
		}
		catch (RuntimeException ex) {
			cluster.close();
			throw ex;
		}
	}

	private void startAll() {
		long start = System.nanoTime();
		Runtime.getRuntime().addShutdownHook(this.shutdownHook);
		this.nodes.values().forEach(BrokerProcess::launch);
		this.nodes.values().forEach(BrokerProcess::awaitReady);
		this.admin.awaitBrokers(this.ports.size());
		logger.info("{} brokers serve after {} ms", this.ports.size(),
				TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
	}

	/**
	 * Take some seconds, while nothing else happens, so that later starts take fewer.
	 */
	void quickenStarts() {
		node(1).recordClasses();
		this.admin.awaitBrokers(this.ports.size());
	}

	/**
	 * The node ids of the brokers, running or not.
	 */
	public Set<Integer> ids() {
		return this.ports.keySet();
	}

	/**
	 * Where the clients of a slot connect.
	 */
	public String bootstrapServers(String slot) {
		return links(slot).bootstrapServers();
	}

	/**
	 * Where those connect that are not under test: directly.
	 */
	public String adminServers() {
		return this.ports.values().stream().map((port) -> "127.0.0.1:" + port).collect(Collectors.joining(","));
	}

	private String usableServers() {
		return this.ports.keySet()
			.stream()
			.filter(this::isUsable)
			.map((broker) -> "127.0.0.1:" + this.ports.get(broker))
			.collect(Collectors.joining(","));
	}

	private boolean isUsable(int broker) {
		BrokerProcess node = node(broker);
		return node.isRunning() && !node.isFrozen();
	}

	public Links links(String slot) {
		Links found = this.links.get(slot);
		if (found == null) {
			throw new IllegalArgumentException("There is no slot '%s'".formatted(slot));
		}
		return found;
	}

	/**
	 * Start a broker that is stopped or dead, at its ports and with its storage.
	 */
	public void start(int broker) {
		BrokerProcess node = node(broker);
		node.launch();
		node.awaitReady();
	}

	/**
	 * Stop a broker in order; its leaderships move to others before it ends.
	 */
	public void stop(int broker) {
		node(broker).stop();
	}

	public void kill(int broker) {
		node(broker).kill();
	}

	public void freeze(int broker) {
		node(broker).freeze();
	}

	public void thaw(int broker) {
		node(broker).thaw();
	}

	/**
	 * Whether there is a process, frozen or not.
	 */
	boolean isRunning(int broker) {
		return node(broker).isRunning();
	}

	/**
	 * Find the broker that coordinates a group. A dead one is still named for some
	 * seconds.
	 * @return the node id; empty while there is none
	 */
	public OptionalInt coordinatorOf(String groupId) {
		return this.admin.coordinatorOf(groupId);
	}

	/**
	 * Let another broker coordinate a group, in order.
	 * @return the node id of the new coordinator; empty if there is no other broker that
	 * is running and up to date
	 */
	public OptionalInt moveCoordinator(String groupId) {
		return this.admin.moveCoordinator(groupId, this::isUsable);
	}

	/**
	 * Delete a group, as soon as it has no members any more.
	 */
	public void deleteGroup(String groupId) {
		this.admin.deleteGroup(groupId);
	}

	/**
	 * Remove a member from its group, without its knowledge.
	 */
	public void evict(String groupId, String memberId) {
		this.admin.evict(groupId, memberId);
	}

	/**
	 * The members of a group as its coordinator describes them.
	 */
	List<GroupMember> describe(String groupId) {
		return this.admin.members(groupId);
	}

	/**
	 * The instances of a group.
	 * @return the names of the instances by member id
	 */
	public Map<String, String> members(String groupId) {
		String prefix = groupId + "-";
		return describe(groupId).stream()
			.filter((member) -> member.clientId().startsWith(prefix))
			.collect(Collectors.toMap(GroupMember::memberId, (member) -> member.clientId().substring(prefix.length())));
	}

	private BrokerProcess node(int id) {
		BrokerProcess node = this.nodes.get(id);
		if (node == null) {
			throw new IllegalArgumentException("There is no broker %d, only %s".formatted(id, ids()));
		}
		return node;
	}

	/**
	 * Which process a broker is, -1 if it is none.
	 */
	long pid(int broker) {
		return node(broker).pid();
	}

	private void closeAll() {
		this.nodes.values().forEach(BrokerProcess::close);
	}

	/**
	 * End all processes at once; what they have stored is of no use any more.
	 */
	@Override
	public void close() {
		closeAll();
		this.loop.close();
		try {
			Runtime.getRuntime().removeShutdownHook(this.shutdownHook);
		}
		catch (IllegalStateException ex) {
			// the hook is at work
		}
	}

}
