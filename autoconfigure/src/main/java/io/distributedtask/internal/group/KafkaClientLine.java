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

package io.distributedtask.internal.group;

import java.lang.reflect.Constructor;
import java.net.InetSocketAddress;
import java.util.List;

import org.apache.kafka.clients.GroupRebalanceConfig;
import org.apache.kafka.clients.consumer.internals.ConsumerNetworkClient;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;

/**
 * Creates those parts of one member's client whose classes name types that are not the
 * same in every supported version of kafka-clients. An implementation is for one line of
 * versions and has a public constructor with the arguments of {@link #create}.
 */
public interface KafkaClientLine {

	/**
	 * Create the connections, which connect as soon as there is something to send.
	 * @param config the configuration of the client
	 * @param brokers the addresses of the bootstrap brokers
	 * @param observer is called with every request
	 * @return the connections
	 */
	ConsumerNetworkClient network(AbstractConfig config, List<InetSocketAddress> brokers, RequestObserver observer);

	/**
	 * Create the member.
	 * @param config the settings of the group
	 * @param network the connections
	 * @param conversation metadata and assignments
	 * @param assignors the names of the assignors that it knows
	 * @return the member
	 */
	TaskGroupCoordinator coordinator(GroupRebalanceConfig config, ConsumerNetworkClient network,
			GroupConversation conversation, List<String> assignors);

	/**
	 * Create what belongs to the kafka-clients on the class path. By name: its classes
	 * cannot be linked with another line.
	 * @param logPrefix what each line of the client's log begins with
	 * @param metrics the metrics of the client
	 * @param time the time
	 * @return its parts
	 */
	static KafkaClientLine create(String logPrefix, Metrics metrics, Time time) {
		String name = KafkaClientsVersion.lineType();
		try {
			Constructor<?> constructor = Class.forName(name, true, KafkaClientLine.class.getClassLoader())
				.getConstructor(String.class, Metrics.class, Time.class);
			return (KafkaClientLine) constructor.newInstance(logPrefix, metrics, time);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException("'%s' cannot be created".formatted(name), ex);
		}
	}

}
