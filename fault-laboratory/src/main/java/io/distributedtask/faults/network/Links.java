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

package io.distributedtask.faults.network;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The links of one instance to all brokers. See {@link Link} for what the methods do.
 */
public final class Links {

	private final Map<Integer, Link> byBroker;

	public Links(Map<Integer, Link> byBroker) {
		this.byBroker = new TreeMap<>(byBroker);
	}

	/**
	 * The link to one broker.
	 */
	Link to(int broker) {
		Link link = this.byBroker.get(broker);
		if (link == null) {
			throw new IllegalArgumentException("There is no broker %d".formatted(broker));
		}
		return link;
	}

	public String bootstrapServers() {
		return this.byBroker.values()
			.stream()
			.map((link) -> "127.0.0.1:" + link.port())
			.collect(Collectors.joining(","));
	}

	public void cut() {
		this.byBroker.values().forEach(Link::cut);
	}

	public void stall() {
		this.byBroker.values().forEach(Link::stall);
	}

	public void stopToBroker() {
		this.byBroker.values().forEach(Link::stopToBroker);
	}

	public void stopFromBroker() {
		this.byBroker.values().forEach(Link::stopFromBroker);
	}

	public void slow(Duration delay) {
		slow(delay, 0);
	}

	public void slow(Duration delay, long seed) {
		this.byBroker.forEach((broker, link) -> link.slow(delay, seed + broker));
	}

	public void heal() {
		this.byBroker.values().forEach(Link::heal);
	}

	/**
	 * The number of connections to all brokers.
	 */
	int connections() {
		return this.byBroker.values().stream().mapToInt(Link::connections).sum();
	}

}
