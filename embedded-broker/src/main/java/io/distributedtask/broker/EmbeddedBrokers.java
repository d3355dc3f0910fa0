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

package io.distributedtask.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.distributedtask.broker.NodeLayout.ClientListener;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Kafka brokers in this process, listening on 127.0.0.1 only: one node that is broker and
 * controller at once, or several brokers with a controller of their own, so that any
 * broker may be stopped. Storage is temporary and removed by {@link #close()}.
 *
 * <p>
 * Brokers have the node ids 1, 2 and so on. A stopped broker starts again on its port and
 * with its storage. Methods wait for their effect and throw {@link IllegalStateException}
 * when it fails. Not thread-safe.
 */
public final class EmbeddedBrokers implements AutoCloseable {

	private static final String OFFSETS_TOPIC = "__consumer_offsets";

	private static final int CONTROLLER_OF_ITS_OWN = 0;

	private final Path storage;

	private final Map<Integer, BrokerNode> nodes = new TreeMap<>();

	private final Map<Integer, Integer> ports;

	private final List<ClientListener> listeners = new ArrayList<>();

	private EmbeddedBrokers(Builder builder) {
		BrokerLogging.quieten();
		this.storage = temporaryFolder();
		List<Integer> free = freePorts(1 + builder.brokers * (1 + builder.listeners.size()));
		this.ports = new TreeMap<>();
		for (int broker = 1; broker <= builder.brokers; broker++) {
			this.ports.put(broker, (broker <= builder.ports.length) ? builder.ports[broker - 1] : free.get(broker));
		}
		builder.listeners.forEach((name, protocol) -> {
			Map<Integer, Integer> listenerPorts = new TreeMap<>();
			int first = 1 + builder.brokers * (1 + this.listeners.size());
			this.ports.keySet().forEach((broker) -> listenerPorts.put(broker, free.get(first + broker - 1)));
			this.listeners.add(new ClientListener(name, protocol, listenerPorts));
		});
		int controller = (builder.brokers == 1) ? 1 : CONTROLLER_OF_ITS_OWN;
		String clusterId = Uuid.randomUuid().toString();
		NodeLayout layout = new NodeLayout(clusterId, controller, free.get(0), Map.copyOf(this.ports), this.listeners,
				builder.properties);
		layout.nodeIds()
			.forEach((id) -> this.nodes.put(id, new BrokerNode(clusterId,
					layout.properties(id, this.storage.resolve("node-" + id)), builder.scramUsers)));
	}

	/**
	 * Start one broker on a free port.
	 * @return the running broker
	 */
	public static EmbeddedBrokers startOne() {
		return builder().start();
	}

	/**
	 * Say what brokers to start.
	 * @return a builder for one broker on a free port
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Where clients connect: all brokers, running or not.
	 * @return the value of {@code bootstrap.servers}
	 */
	public String bootstrapServers() {
		return addresses(this.ports);
	}

	/**
	 * Where clients connect that use another listener: all brokers, running or not.
	 * @param listener the name of the listener
	 * @return the value of {@code bootstrap.servers}
	 */
	public String bootstrapServers(String listener) {
		return this.listeners.stream()
			.filter((candidate) -> candidate.name().equals(listener))
			.map((candidate) -> addresses(candidate.ports()))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("There is no listener '%s'".formatted(listener)));
	}

	private static String addresses(Map<Integer, Integer> ports) {
		return ports.values().stream().map((port) -> "127.0.0.1:" + port).collect(Collectors.joining(","));
	}

	/**
	 * Stop a broker in order; its leaderships move to others. Does nothing if it is
	 * stopped.
	 * @param node the node id of the broker
	 */
	public void stop(int node) {
		node(node).stop();
	}

	/**
	 * Start a stopped broker again, on its port and with its storage. Does nothing if it
	 * is running.
	 * @param node the node id of the broker
	 */
	public void start(int node) {
		node(node).start();
	}

	/**
	 * Set a broker property that no running broker can change. In force when the broker
	 * is started the next time.
	 * @param node the node id of the broker
	 * @param name the name of the property
	 * @param value the value of the property
	 */
	public void change(int node, String name, String value) {
		node(node).change(name, value);
	}

	/**
	 * Find the broker that coordinates a group.
	 * @param groupId the group
	 * @return the node id; empty while there is none
	 */
	public OptionalInt coordinatorOf(String groupId) {
		try (Admin admin = admin()) {
			TopicDescription offsets = await(admin.describeTopics(List.of(OFFSETS_TOPIC)).allTopicNames())
				.get(OFFSETS_TOPIC);
			if (offsets == null) {
				return OptionalInt.empty();
			}
			int partition = (groupId.hashCode() & Integer.MAX_VALUE) % offsets.partitions().size();
			Node leader = offsets.partitions().get(partition).leader();
			return (leader == null || leader.isEmpty()) ? OptionalInt.empty() : OptionalInt.of(leader.id());
		}
		catch (IllegalStateException ex) {
			if (ex.getCause() instanceof UnknownTopicOrPartitionException) {
				return OptionalInt.empty();
			}
			throw ex;
		}
	}

	/**
	 * The groups that the brokers know.
	 * @return the protocol type by group id
	 */
	public Map<String, String> groups() {
		try (Admin admin = admin()) {
			return await(admin.listGroups().all()).stream()
				.collect(Collectors.toMap(GroupListing::groupId, GroupListing::protocol));
		}
	}

	/**
	 * Delete a group, which must not have members.
	 * @param groupId the group
	 */
	public void deleteGroup(String groupId) {
		try (Admin admin = admin()) {
			await(admin.deleteConsumerGroups(List.of(groupId)).all());
		}
	}

	/**
	 * Stop all nodes and remove their storage.
	 */
	@Override
	public void close() {
		try {
			// brokers first: without a controller a broker waits before it stops
			this.nodes.keySet().stream().filter(this.ports::containsKey).map(this.nodes::get).forEach(BrokerNode::stop);
			this.nodes.values().forEach(BrokerNode::stop);
		}
		finally {
			removeStorage();
		}
	}

	private void startAll() {
		try {
			BrokerNode controller = this.nodes.get(CONTROLLER_OF_ITS_OWN);
			if (controller != null) {
				controller.start();
			}
			startBrokers();
		}
		catch (RuntimeException ex) {
			close();
			throw ex;
		}
	}

	private void startBrokers() {
		List<CompletableFuture<Void>> starts = new ArrayList<>();
		for (int id : this.ports.keySet()) {
			starts.add(CompletableFuture.runAsync(node(id)::start,
					(task) -> new Thread(task, "embedded-broker-" + id).start()));
		}
		CompletableFuture.allOf(starts.toArray(CompletableFuture[]::new)).join();
	}

	private BrokerNode node(int id) {
		BrokerNode node = this.nodes.get(id);
		if (node == null) {
			throw new IllegalArgumentException("There is no node %d, only %s".formatted(id, this.nodes.keySet()));
		}
		return node;
	}

	private Admin admin() {
		return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers(),
				AdminClientConfig.CLIENT_ID_CONFIG, "embedded-brokers"));
	}

	private void removeStorage() {
		try (Stream<Path> files = Files.walk(this.storage)) {
			// deepest first: a folder must be empty to be deleted
			for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
				Files.deleteIfExists(file);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not remove '%s'".formatted(this.storage), ex);
		}
	}

	private static <T> T await(KafkaFuture<T> future) {
		try {
			return future.get(30, TimeUnit.SECONDS);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException("The brokers rejected the request", ex.getCause());
		}
		catch (TimeoutException ex) {
			throw new IllegalStateException("The brokers did not answer within 30 seconds", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while waiting for the brokers", ex);
		}
	}

	private static Path temporaryFolder() {
		try {
			return Files.createTempDirectory("embedded-brokers-");
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not create a temporary folder", ex);
		}
	}

	private static List<Integer> freePorts(int count) {
		List<ServerSocket> sockets = new ArrayList<>();
		try {
			List<Integer> ports = new ArrayList<>();
			// all are held open together, or one port could be found twice
			for (int i = 0; i < count; i++) {
				ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				sockets.add(socket);
				ports.add(socket.getLocalPort());
			}
			for (ServerSocket socket : sockets) {
				socket.close();
			}
			return ports;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not find %d free ports".formatted(count), ex);
		}
	}

	/**
	 * What brokers to start.
	 */
	public static final class Builder {

		private int brokers = 1;

		private int[] ports = {};

		private final Map<String, String> properties = new LinkedHashMap<>();

		private final Map<String, String> listeners = new LinkedHashMap<>();

		private final List<String> scramUsers = new ArrayList<>();

		private Builder() {
		}

		/**
		 * How many brokers to start. More than one get a controller of their own, with
		 * the node id 0.
		 * @param brokers the number, 1 by default
		 * @return this builder
		 */
		public Builder brokers(int brokers) {
			if (brokers < 1) {
				throw new IllegalArgumentException("The number of brokers must be positive, not " + brokers);
			}
			this.brokers = brokers;
			return this;
		}

		/**
		 * The ports of the brokers; those without one get a free port.
		 * @param ports the ports in the order of the node ids
		 * @return this builder
		 */
		public Builder ports(int... ports) {
			this.ports = ports.clone();
			return this;
		}

		/**
		 * Set a broker property, on top of those that are set anyway.
		 * @param name the name of the property
		 * @param value the value of the property
		 * @return this builder
		 */
		public Builder property(String name, String value) {
			this.properties.put(name, value);
			return this;
		}

		/**
		 * Add a listener for clients, on free ports. The first listener stays as it is,
		 * without authentication. What the listener needs besides its protocol is set by
		 * {@link #property}.
		 * @param name the name of the listener
		 * @param securityProtocol the security protocol, such as {@code SASL_SSL}
		 * @return this builder
		 */
		public Builder listener(String name, String securityProtocol) {
			this.listeners.put(name, securityProtocol);
			return this;
		}

		/**
		 * Add a user for SCRAM-SHA-512.
		 * @param name the name of the user
		 * @param password the password of the user
		 * @return this builder
		 */
		public Builder scramUser(String name, String password) {
			this.scramUsers.add("SCRAM-SHA-512=[name=%s,password=%s]".formatted(name, password));
			return this;
		}

		/**
		 * Start the brokers and wait until they serve clients.
		 * @return the running brokers
		 */
		public EmbeddedBrokers start() {
			EmbeddedBrokers started = new EmbeddedBrokers(this);
			started.startAll();
			return started;
		}

	}

}
