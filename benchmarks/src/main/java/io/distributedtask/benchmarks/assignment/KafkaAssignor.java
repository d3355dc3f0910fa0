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

package io.distributedtask.benchmarks.assignment;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState;
import io.distributedtask.assignment.GroupState.Instance;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.common.TopicPartition;

/**
 * The cooperative sticky assignor of kafka-clients, to which a task is a topic and a
 * shard is a partition.
 */
final class KafkaAssignor {

	private final Map<String, Integer> partitions = new HashMap<>();

	private final Map<String, Subscription> subscriptions = new HashMap<>();

	KafkaAssignor(GroupState group) {
		List<String> topics = group.tasks().stream().map(TaskDefinition::name).toList();
		group.tasks().forEach((task) -> this.partitions.put(task.name(), task.shards()));
		Map<String, List<TopicPartition>> owned = new HashMap<>();
		group.owners()
			.forEach((id, owner) -> owned.computeIfAbsent(owner, (name) -> new ArrayList<>())
				.add(new TopicPartition(id.name(), id.shard())));
		for (Instance instance : group.instances()) {
			List<TopicPartition> own = owned.getOrDefault(instance.name(), List.of());
			this.subscriptions.put(instance.name(), new Subscription(topics, null, own, 1, Optional.empty()));
		}
	}

	Map<String, List<TopicPartition>> assign() {
		return new CooperativeStickyAssignor().assign(this.partitions, this.subscriptions);
	}

	/**
	 * Where the shards are to be in the end.
	 */
	Map<TaskId, String> target() {
		CooperativeStickyAssignor assignor = new CooperativeStickyAssignor();
		Map<TaskId, String> target = Quality.owners(assignor.assign(this.partitions, this.subscriptions));
		assignor.partitionsTransferringOwnership()
			.forEach((partition, owner) -> target.put(new TaskId(partition.topic(), partition.partition()), owner));
		return target;
	}

}
