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

package io.distributedtask.sample;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

import io.distributedtask.Assignments;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks the instances, one after the other until one answers, for the picture of the
 * group. Works on a thread of its own, since an instance may take its time.
 */
final class AssignmentsPoller implements AutoCloseable {

	private static final Duration TIMEOUT = Duration.ofSeconds(3);

	private static final long INTERVAL_MILLIS = 400;

	private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

	private final JsonMapper mapper = JsonMapper.builder()
		.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
		.disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
		.build();

	private final Supplier<Map<String, Integer>> ports;

	private final Thread thread = new Thread(this::run, "assignments-poller");

	private volatile @Nullable Assignments latest;

	/**
	 * Create a poller.
	 * @param ports the instances to ask: names and ports
	 */
	AssignmentsPoller(Supplier<Map<String, Integer>> ports) {
		this.ports = ports;
		this.thread.setDaemon(true);
	}

	void start() {
		this.thread.start();
	}

	/**
	 * The picture of the group.
	 * @return the latest answer, {@code null} if no instance has answered lately
	 */
	@Nullable Assignments latest() {
		return this.latest;
	}

	private void run() {
		try {
			while (!Thread.currentThread().isInterrupted()) {
				this.latest = ask();
				Thread.sleep(INTERVAL_MILLIS);
			}
		}
		catch (InterruptedException ex) {
			// Closed
		}
	}

	private @Nullable Assignments ask() throws InterruptedException {
		for (int port : this.ports.get().values()) {
			HttpRequest request = HttpRequest
				.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/assignments"))
				.timeout(TIMEOUT)
				.build();
			try {
				HttpResponse<String> response = this.client.send(request, HttpResponse.BodyHandlers.ofString());
				if (response.statusCode() == 200) {
					return this.mapper.readValue(response.body(), Assignments.class);
				}
			}
			catch (IOException | JacksonException ex) {
				// It may be gone or not there yet: the next one is as good
			}
		}
		return null;
	}

	@Override
	public void close() {
		this.thread.interrupt();
	}

}
