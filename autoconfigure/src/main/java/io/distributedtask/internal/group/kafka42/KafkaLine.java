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

package io.distributedtask.internal.group.kafka42;

import java.net.InetSocketAddress;
import java.util.List;

import io.distributedtask.internal.group.GroupConversation;
import io.distributedtask.internal.group.KafkaClientLine;
import io.distributedtask.internal.group.RequestObserver;
import io.distributedtask.internal.group.TaskGroupCoordinator;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.GroupRebalanceConfig;
import org.apache.kafka.clients.consumer.internals.ConsumerNetworkClient;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;

/**
 * The parts of a client for one line of kafka-clients.
 */
public final class KafkaLine implements KafkaClientLine {

	private final LogContext logContext;

	private final Metrics metrics;

	private final Time time;

	/**
	 * Called by {@link KafkaClientLine#create}.
	 * @param logPrefix what each line of the log begins with
	 * @param metrics the metrics of the client
	 * @param time the time
	 */
	public KafkaLine(String logPrefix, Metrics metrics, Time time) {
		this.logContext = new MembershipLogContext(logPrefix);
		this.metrics = metrics;
		this.time = time;
	}

	@Override
	public ConsumerNetworkClient network(AbstractConfig config, List<InetSocketAddress> brokers,
			RequestObserver observer) {
		TopiclessMetadata metadata = new TopiclessMetadata(config.getLong(CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG),
				config.getLong(CommonClientConfigs.RETRY_BACKOFF_MAX_MS_CONFIG),
				config.getLong(CommonClientConfigs.METADATA_MAX_AGE_CONFIG), this.logContext);
		metadata.bootstrap(brokers);
		ObservingSelector selector = new ObservingSelector(config, this.metrics, this.time,
				ClientUtils.createChannelBuilder(config, this.time, this.logContext), this.logContext, observer);
		ReluctantNetworkClient client = new ReluctantNetworkClient(config, selector, metadata, this.time,
				this.logContext, observer);
		return new ObservingNetworkClient(this.logContext, client, metadata, this.time,
				config.getInt(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG), observer);
	}

	@Override
	public TaskGroupCoordinator coordinator(GroupRebalanceConfig config, ConsumerNetworkClient network,
			GroupConversation conversation, List<String> assignors) {
		return new KafkaGroupCoordinator(config, this.logContext, network, this.metrics, this.time, conversation,
				assignors);
	}

}
