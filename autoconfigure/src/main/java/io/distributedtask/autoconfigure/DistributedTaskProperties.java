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

package io.distributedtask.autoconfigure;

import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.SmartLifecycle;

/**
 * Properties of distributed tasks. A value out of range fails the start-up with a message
 * that names the property and what to change. The properties of single tasks,
 * {@code distributed-task.tasks.<name>.*}, are read separately, since the name of a task
 * may contain dots.
 *
 * @param enabled Whether distributed tasks are active. If not, no task is registered and
 * annotated methods never run.
 * @param mode How ownership is decided.
 * @param groupId Kafka group whose members share the tasks, at most 255 characters.
 * Derived from 'spring.application.name' when not set.
 * @param instanceName Name of this instance in logs and endpoints, at most 100
 * characters. Derived from the host name and the port of the web server when not set.
 * @param staticMemberId Kafka's 'group.instance.id', different for every instance: 1 to
 * 249 letters, digits, dots, dashes and underscores. A member with such an id can restart
 * within the session timeout without any shard being moved.
 * @param labels Labels of this instance, which tasks may require.
 * @param capacity Amount of work that this instance can carry, relative to other
 * instances. Must be a finite number greater than 0.
 * @param assignors Names of the assignment algorithms, in order of preference; at least
 * one. The group uses one that all its members know.
 * @param heartbeatInterval Interval between heartbeats to the group coordinator. Must be
 * between 10 ms and 24 h.
 * @param sessionTimeout Time without a heartbeat after which the group coordinator
 * removes an instance and its tasks are assigned to others. Must be at least three
 * heartbeat intervals and at most 24 h; the brokers may restrict it further.
 * @param rebalanceTimeout Time that the group coordinator waits for the members to rejoin
 * in a rebalance. Must be at least the session timeout and at most 24 h.
 * @param revokeTimeout Time that a task may take to stop when it is revoked, before it is
 * interrupted. Must be between 0 and 24 h.
 * @param rebalanceDelay Time for which the shards of an instance that has left are
 * reserved for its return. Must be between 0 and 24 h; the value of the leader applies.
 * @param maxMovesPerRebalance Number of shards that may be in hand-over at a time for the
 * sake of the assignment alone, at least 1. What has to move, as when an instance stops,
 * is never delayed. The value of the leader applies; no limit when not set.
 * @param phase Lifecycle phase in which this instance joins and leaves the group.
 * @param kafka Settings of the connection to Kafka.
 * @param endpoint Settings of the assignments endpoint.
 * @since 0.1.0
 */
@ConfigurationProperties("distributed-task")
public record DistributedTaskProperties(@DefaultValue("true") boolean enabled, @DefaultValue("kafka") Mode mode,
		@Nullable String groupId, @Nullable String instanceName, @Nullable String staticMemberId,
		@DefaultValue Map<String, String> labels, @DefaultValue("1.0") double capacity,
		@DefaultValue("sticky") List<String> assignors, @DefaultValue("500ms") Duration heartbeatInterval,
		@DefaultValue("10s") Duration sessionTimeout, @DefaultValue("20s") Duration rebalanceTimeout,
		@DefaultValue("30s") Duration revokeTimeout, @DefaultValue("0s") Duration rebalanceDelay,
		@Nullable Integer maxMovesPerRebalance, @DefaultValue("" + (SmartLifecycle.DEFAULT_PHASE - 512)) int phase,
		@DefaultValue Kafka kafka, @DefaultValue Endpoint endpoint, @DefaultValue Watch watch) {

	public DistributedTaskProperties {
		labels = copyOf(labels);
		assignors = List.copyOf(assignors);
		PropertyRules.groupId(groupId);
		PropertyRules.instanceName(instanceName);
		PropertyRules.staticMemberId(staticMemberId);
		PropertyRules.labels(labels);
		PropertyRules.capacity(capacity);
		PropertyRules.assignors(assignors);
		PropertyRules.timing(heartbeatInterval, sessionTimeout, rebalanceTimeout);
		PropertyRules.duration("revoke-timeout", revokeTimeout, Duration.ZERO, "30s");
		PropertyRules.duration("rebalance-delay", rebalanceDelay, Duration.ZERO, "30s");
		PropertyRules.maxMovesPerRebalance(maxMovesPerRebalance);
		PropertyRules.kafkaProperties(kafka.properties());
		PropertyRules.endpointUri(endpoint.uri());
		PropertyRules.watch(watch, staticMemberId);
	}

	private static <V> Map<String, V> copyOf(Map<String, V> map) {
		return Collections.unmodifiableMap(new LinkedHashMap<>(map));
	}

	/**
	 * How ownership is decided.
	 */
	public enum Mode {

		/**
		 * By a Kafka group.
		 */
		KAFKA,

		/**
		 * Without a broker: this instance owns all tasks. For development and tests.
		 */
		LOCAL

	}

	/**
	 * Settings of the connection to Kafka.
	 *
	 * @param properties Kafka client properties of the group member, which override those
	 * from 'spring.kafka'.
	 */
	public record Kafka(@DefaultValue Map<String, String> properties) {

		public Kafka {
			properties = copyOf(properties);
		}

		/**
		 * The names only: values may be secrets.
		 */
		@Override
		public String toString() {
			return "Kafka[properties=%s]".formatted(this.properties.keySet());
		}

	}

	/**
	 * Settings of the assignments endpoint.
	 *
	 * @param uri Absolute http or https URI at which people reach this instance's
	 * actuator, without user, password, query and fragment. Derived from the web server's
	 * address when not set.
	 */
	public record Endpoint(@Nullable URI uri) {
	}

	/**
	 * Settings of the crash watch.
	 *
	 * @param enabled Whether instances watch each other by TCP connections, so that
	 * others take over in a fraction of a second when a process ends without leaving the
	 * group.
	 * @param port Port at which others watch this instance, 0 to 65535; 0 means any free
	 * one.
	 * @param bindAddress Network address at which others watch this instance, which must
	 * be one at which they reach it. That of the machine when not set.
	 * @param sslBundle Name of the SSL bundle with which instances prove to each other
	 * who they are. Without TLS when not set.
	 */
	public record Watch(@DefaultValue("false") boolean enabled, @DefaultValue("0") int port,
			@Nullable InetAddress bindAddress, @Nullable String sslBundle) {
	}

}
