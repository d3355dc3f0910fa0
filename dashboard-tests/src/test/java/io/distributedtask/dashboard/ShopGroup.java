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

package io.distributedtask.dashboard;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.distributedtask.broker.EmbeddedBrokers;

/**
 * A broker, and instances of one group in processes of their own.
 */
final class ShopGroup implements AutoCloseable {

	private final EmbeddedBrokers brokers = EmbeddedBrokers.startOne();

	private final List<ShopProcess> shops = new ArrayList<>();

	private final Path folder;

	ShopGroup(Path folder) {
		this.folder = folder;
	}

	/**
	 * Start instances side by side, and wait until they answer.
	 */
	List<ShopProcess> start(List<String> names, String... arguments) throws IOException {
		List<ShopProcess> started = new ArrayList<>();
		for (String name : names) {
			started.add(ShopProcess.start(name, this.brokers.bootstrapServers(), this.folder, arguments));
		}
		this.shops.addAll(started);
		started.forEach(ShopProcess::awaitUp);
		return started;
	}

	@Override
	public void close() {
		this.shops.forEach(ShopProcess::close);
		this.brokers.close();
	}

}
