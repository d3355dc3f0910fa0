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

package io.distributedtask.benchmarks.failover;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import io.distributedtask.benchmarks.processes.BackendAddresses;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * A plain consumer group: who has the only partition of a topic works.
 */
final class ConsumerContender implements Contender, ConsumerRebalanceListener {

	private static final Duration POLL = Duration.ofMillis(100);

	private final Map<String, String> settings;

	private final AtomicReference<@Nullable Object> term = new AtomicReference<>();

	private @Nullable KafkaConsumer<byte[], byte[]> consumer;

	private @Nullable Work work;

	private @Nullable Thread poller;

	ConsumerContender(Map<String, String> settings) {
		this.settings = settings;
	}

	@Override
	public void start(String id, BackendAddresses backends, Work work) {
		Map<String, Object> properties = new HashMap<>(this.settings);
		properties.put("bootstrap.servers", backends.bootstrapServers());
		properties.put("group.id", id);
		KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(),
				new ByteArrayDeserializer());
		this.consumer = consumer;
		this.work = work;
		consumer.subscribe(List.of(FailoverTable.TOPIC), this);
		Thread poller = new Thread(() -> poll(consumer), "poll");
		this.poller = poller;
		poller.start();
	}

	private static void poll(KafkaConsumer<byte[], byte[]> consumer) {
		try (consumer) {
			while (true) {
				consumer.poll(POLL);
			}
		}
		catch (WakeupException ex) {
			// told to stop
		}
	}

	@Override
	public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
		Work work = this.work;
		if (!partitions.isEmpty() && work != null) {
			Object assigned = new Object();
			this.term.set(assigned);
			new Thread(() -> work.runWhile(() -> this.term.get() == assigned), "work").start();
		}
	}

	@Override
	public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
		this.term.set(null);
	}

	@Override
	public void stop() throws InterruptedException {
		if (this.consumer != null && this.poller != null) {
			this.consumer.wakeup();
			this.poller.join();
		}
	}

}
