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

package io.distributedtask.migration.election;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.distributedtask.DistributedTask;

import org.springframework.kafka.annotation.KafkaListener;

/**
 * A listener that is alone on a topic with one partition.
 */
public class Prices {

	private final Queue<String> received = new ConcurrentLinkedQueue<>();

	@DistributedTask("prices")
	@KafkaListener(id = "prices", idIsGroup = false, topics = "prices", autoStartup = "false")
	void price(String price) {
		this.received.add(price);
	}

	@KafkaListener(id = "id-as-group", topics = "prices", autoStartup = "false")
	void other(String price) {
		this.received.add(price);
	}

}
