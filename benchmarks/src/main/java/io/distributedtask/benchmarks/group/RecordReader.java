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

package io.distributedtask.benchmarks.group;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the size of the record in which the broker stores the group, from the topic
 * itself. Each rebalance writes a new one.
 */
final class RecordReader implements AutoCloseable {

	/** There is one partition only. */
	private static final TopicPartition OFFSETS = new TopicPartition("__consumer_offsets", 0);

	/** The version of keys of GroupMetadataKey. */
	private static final short GROUP_METADATA = 2;

	private final byte[] groupId;

	private final KafkaConsumer<byte[], byte[]> consumer;

	RecordReader(String servers, String groupId) {
		this.groupId = groupId.getBytes(StandardCharsets.UTF_8);
		this.consumer = new KafkaConsumer<>(Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, servers),
				new ByteArrayDeserializer(), new ByteArrayDeserializer());
		this.consumer.assign(List.of(OFFSETS));
		this.consumer.seekToBeginning(List.of(OFFSETS));
	}

	/**
	 * The largest record since the last call.
	 * @return the bytes of key and value, 0 if there is none
	 */
	long takeLargest() {
		long end = this.consumer.endOffsets(List.of(OFFSETS)).getOrDefault(OFFSETS, 0L);
		long largest = 0;
		while (this.consumer.position(OFFSETS) < end) {
			ConsumerRecords<byte[], byte[]> records = this.consumer.poll(Duration.ofMillis(100));
			for (ConsumerRecord<byte[], byte[]> record : records) {
				if (isGroup(record.key())) {
					largest = Math.max(largest, (long) record.serializedKeySize() + record.serializedValueSize());
				}
			}
		}
		return largest;
	}

	private boolean isGroup(byte[] key) {
		ByteBuffer buffer = ByteBuffer.wrap(key);
		if (buffer.getShort() != GROUP_METADATA) {
			return false;
		}
		byte[] id = new byte[buffer.getShort()];
		buffer.get(id);
		return Arrays.equals(id, this.groupId);
	}

	@Override
	public void close() {
		this.consumer.close();
	}

}
