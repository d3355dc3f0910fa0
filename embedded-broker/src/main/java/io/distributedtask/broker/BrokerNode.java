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

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;

/**
 * One node: a broker, a controller, or both.
 */
final class BrokerNode {

	private final String clusterId;

	private final Map<String, String> properties;

	private final List<String> scramUsers;

	private @Nullable KafkaRaftServer server;

	private @Nullable NodeProcess process;

	BrokerNode(String clusterId, Map<String, String> properties, List<String> scramUsers) {
		this.clusterId = clusterId;
		this.properties = new HashMap<>(properties);
		this.scramUsers = List.copyOf(scramUsers);
	}

	synchronized void start() {
		if (this.server != null || this.process != null) {
			return;
		}
		try {
			Path home = NodeProcess.home();
			// the user's passwords, and the authorizer of this module, are for a node in
			// this process
			if (home != null && this.scramUsers.isEmpty()) {
				this.process = NodeProcess.start(home, this.clusterId, this.properties);
				return;
			}
			format();
			KafkaRaftServer started = new KafkaRaftServer(new KafkaConfig(Map.copyOf(this.properties), false),
					Time.SYSTEM);
			this.server = started;
			started.startup();
		}
		catch (Exception ex) {
			stop();
			throw new IllegalStateException(
					"Node %s did not start; listeners are %s".formatted(property("node.id"), property("listeners")),
					ex);
		}
	}

	/**
	 * Set a property from the next start on.
	 */
	synchronized void change(String name, String value) {
		this.properties.put(name, value);
	}

	synchronized void stop() {
		NodeProcess other = this.process;
		this.process = null;
		if (other != null) {
			other.stop();
		}
		KafkaRaftServer running = this.server;
		this.server = null;
		if (running != null) {
			running.shutdown();
			running.awaitShutdown();
		}
	}

	private void format() throws Exception {
		String folder = property("log.dirs");
		Formatter formatter = new Formatter();
		formatter.setNodeId(Integer.parseInt(property("node.id")))
			.setClusterId(this.clusterId)
			.addDirectory(folder)
			.setMetadataLogDirectory(folder)
			.setControllerListenerName(NodeLayout.CONTROLLER_LISTENER)
			.setReleaseVersion(MetadataVersion.latestProduction())
			.setIgnoreFormatted(true)
			.setScramArguments(this.scramUsers)
			.setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
			.run();
	}

	private String property(String name) {
		return Objects.requireNonNull(this.properties.get(name), name);
	}

}
