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

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who is who among the nodes of a cluster on 127.0.0.1. Every broker has a first
 * listener, which the brokers use among themselves too.
 *
 * @param clusterId the id of the cluster
 * @param controller the node id of the controller, which may be a broker too
 * @param controllerPort the port of the controller
 * @param brokerPorts the ports of the brokers by node id
 * @param listeners listeners for clients besides the first
 * @param extra broker properties on top of the others
 */
public record NodeLayout(String clusterId, int controller, int controllerPort, Map<Integer, Integer> brokerPorts,
		List<ClientListener> listeners, Map<String, String> extra) {

	static final String CONTROLLER_LISTENER = "CONTROLLER";

	private static final String CLIENT_LISTENER = "CLIENTS";

	/**
	 * Create a layout.
	 */
	public NodeLayout {
		listeners = List.copyOf(listeners);
		extra = Map.copyOf(extra);
	}

	/**
	 * All nodes, the controller included.
	 * @return the node ids
	 */
	public Set<Integer> nodeIds() {
		Set<Integer> ids = new TreeSet<>(this.brokerPorts.keySet());
		ids.add(this.controller);
		return ids;
	}

	/**
	 * What a node is configured with.
	 * @param id the node id
	 * @param folder where its storage is
	 * @return its properties
	 */
	public Map<String, String> properties(int id, Path folder) {
		boolean controls = id == this.controller;
		Integer brokerPort = this.brokerPorts.get(id);
		Map<String, String> properties = new LinkedHashMap<>();
		properties.put("node.id", String.valueOf(id));
		properties.put("process.roles",
				(brokerPort != null) ? (controls ? "broker,controller" : "broker") : "controller");
		String controllerAddress = "127.0.0.1:" + this.controllerPort;
		properties.put("controller.quorum.voters", this.controller + "@" + controllerAddress);
		properties.put("controller.listener.names", CONTROLLER_LISTENER);
		properties.put("listener.security.protocol.map",
				Stream
					.concat(Stream.of(CONTROLLER_LISTENER + ":PLAINTEXT", CLIENT_LISTENER + ":PLAINTEXT"),
							this.listeners.stream()
								.map((listener) -> listener.name() + ":" + listener.securityProtocol()))
					.collect(Collectors.joining(",")));
		String control = CONTROLLER_LISTENER + "://" + controllerAddress;
		if (brokerPort != null) {
			String clients = addresses(brokerPort, (listener) -> listener.port(id));
			properties.put("listeners", controls ? clients + "," + control : clients);
			properties.put("advertised.listeners", addresses(brokerPort, (listener) -> listener.advertisedPort(id)));
			properties.put("inter.broker.listener.name", CLIENT_LISTENER);
		}
		else {
			properties.put("listeners", control);
		}
		properties.put("log.dirs", folder.toString());
		addReplication(properties);
		addSmallness(properties);
		properties.putAll(this.extra);
		return properties;
	}

	private String addresses(int firstPort, ToIntFunction<ClientListener> port) {
		return Stream
			.concat(Stream.of(CLIENT_LISTENER + "://127.0.0.1:" + firstPort),
					this.listeners.stream()
						.map((listener) -> listener.name() + "://127.0.0.1:" + port.applyAsInt(listener)))
			.collect(Collectors.joining(","));
	}

	private void addReplication(Map<String, String> properties) {
		String factor = String.valueOf(Math.min(3, this.brokerPorts.size()));
		properties.put("offsets.topic.replication.factor", factor);
		properties.put("transaction.state.log.replication.factor", factor);
		properties.put("transaction.state.log.min.isr", "1");
		properties.put("share.coordinator.state.topic.replication.factor", factor);
		properties.put("share.coordinator.state.topic.min.isr", "1");
	}

	private void addSmallness(Map<String, String> properties) {
		properties.put("offsets.topic.num.partitions", (this.brokerPorts.size() == 1) ? "1" : "6");
		properties.put("group.initial.rebalance.delay.ms", "0");
		properties.put("num.network.threads", "1");
		properties.put("num.io.threads", "2");
		properties.put("background.threads", "2");
		// the default of 128 MB is taken from the heap of every broker
		properties.put("log.cleaner.dedupe.buffer.size", String.valueOf(4 * 1024 * 1024));
	}

	/**
	 * A listener that every broker has.
	 *
	 * @param name its name
	 * @param securityProtocol its security protocol
	 * @param ports its ports by node id
	 * @param advertisedPorts the ports that clients are told by node id; others if
	 * something listens between clients and brokers
	 */
	public record ClientListener(String name, String securityProtocol, Map<Integer, Integer> ports,
			Map<Integer, Integer> advertisedPorts) {

		/**
		 * Create a listener to which clients connect directly.
		 * @param name its name
		 * @param securityProtocol its security protocol
		 * @param ports its ports by node id
		 */
		public ClientListener(String name, String securityProtocol, Map<Integer, Integer> ports) {
			this(name, securityProtocol, ports, ports);
		}

		int port(int id) {
			return port(id, this.ports);
		}

		int advertisedPort(int id) {
			return port(id, this.advertisedPorts);
		}

		private static int port(int id, Map<Integer, Integer> ports) {
			Integer port = ports.get(id);
			if (port == null) {
				throw new IllegalArgumentException("Node %d is no broker".formatted(id));
			}
			return port;
		}

	}

}
