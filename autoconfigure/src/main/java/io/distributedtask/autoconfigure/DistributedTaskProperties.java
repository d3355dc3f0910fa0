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
 * Properties of distributed tasks. A value out of range ends the start with a message
 * that names the property and what to change. Those of single tasks,
 * {@code distributed-task.tasks.<name>.*}, are read apart from these, since the name of a
 * task may have dots.
 *
 * @param enabled Whether distributed tasks are active. Otherwise nothing is registered
 * and annotated methods never run.
 * @param mode How ownership is decided.
 * @param groupId Kafka group whose members share the tasks. Derived from
 * 'spring.application.name' when not set.
 * @param instanceName Name of this instance, shown wherever a person looks. Derived from
 * the host name and the port of the web server when not set.
 * @param staticMemberId Kafka's 'group.instance.id': a member with such an id may restart
 * within the session timeout without anything being moved.
 * @param labels Labels of this instance, which tasks may require.
 * @param capacity Amount of work that this instance can carry, relative to others.
 * @param assignors Names of the assignment algorithms, in order of preference. The group
 * uses one that all its members know.
 * @param heartbeatInterval Time between two signs of life to the group's coordinator.
 * @param sessionTimeout Time without a sign of life after which the coordinator takes an
 * instance for dead and gives its tasks to others.
 * @param rebalanceTimeout Time that the coordinator waits for the members to join a
 * rebalance.
 * @param revokeTimeout Time that a run may take to end when its task is revoked, before
 * it is interrupted.
 * @param rebalanceDelay Time for which the tasks of an instance that is gone are kept for
 * its return, before others get them.
 * @param phase Lifecycle phase in which this instance joins the group, and leaves it.
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
		@DefaultValue("" + (SmartLifecycle.DEFAULT_PHASE - 512)) int phase, @DefaultValue Kafka kafka,
		@DefaultValue Endpoint endpoint) {

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
		PropertyRules.revokeTimeout(revokeTimeout);
		PropertyRules.rebalanceDelay(rebalanceDelay);
		PropertyRules.kafkaProperties(kafka.properties());
		PropertyRules.endpointUri(endpoint.uri());
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
		 * Without a broker: this instance owns everything. For development and tests.
		 */
		LOCAL

	}

	/**
	 * Settings of the connection to Kafka.
	 *
	 * @param properties Kafka client properties of the group member, on top of everything
	 * that 'spring.kafka' says.
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
	 * @param uri URI at which people reach this instance's actuator. Derived from the web
	 * server's address when not set.
	 */
	public record Endpoint(@Nullable URI uri) {
	}

}
