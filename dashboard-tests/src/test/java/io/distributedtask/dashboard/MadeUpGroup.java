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
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.distributedtask.actuate.dashboard.TaskDashboardEndpoint;

/**
 * Serves the dashboard's own files with answers that are made up, below a prefix that the
 * files know nothing of.
 */
final class MadeUpGroup implements AutoCloseable {

	private static final String PREFIX = "/outer/proxy/manage/";

	private static final String JSON = "application/vnd.spring-boot.actuator.v3+json";

	private static final Map<String, String> TYPES = Map.of("js", "text/javascript", "css", "text/css", "svg",
			"image/svg+xml");

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final HttpServer server;

	private final boolean writable;

	private final List<String> asked = new CopyOnWriteArrayList<>();

	private final CountDownLatch closed = new CountDownLatch(1);

	private volatile String assignments;

	private volatile Replies replies = (exchange) -> false;

	MadeUpGroup(int tasks, int shards, int instances) throws IOException {
		this(new MadeUpAnswer(tasks, shards, instances), false);
	}

	MadeUpGroup(MadeUpAnswer answer, boolean writable) throws IOException {
		this.assignments = answer.json();
		this.writable = writable;
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
		this.server.setExecutor(this.threads);
		this.server.createContext(PREFIX, this::answer);
		this.server.start();
	}

	URI page() {
		return URI.create("http://127.0.0.1:" + this.server.getAddress().getPort() + PREFIX + "taskdashboard");
	}

	/**
	 * Answer this from now on.
	 */
	void tell(MadeUpAnswer answer) {
		this.assignments = answer.json();
	}

	/**
	 * Let something else answer what it wants to, from now on.
	 */
	void reply(Replies replies) {
		this.replies = replies;
	}

	/**
	 * Read what is asked, and never answer, as an instance that is stopped by a signal.
	 */
	void freeze() {
		reply((exchange) -> {
			awaitClose();
			return true;
		});
	}

	private void awaitClose() {
		try {
			this.closed.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * What the page has asked for: methods, paths, and bodies, of those paths that begin
	 * so.
	 */
	List<String> asked(String beginning) {
		return this.asked.stream().filter((it) -> it.startsWith(beginning)).toList();
	}

	private void answer(HttpExchange exchange) throws IOException {
		String path = exchange.getRequestURI().getPath().substring(PREFIX.length());
		String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
		this.asked.add("%s %s %s".formatted(exchange.getRequestMethod(), path, body).trim());
		if (this.replies.to(exchange)) {
			return;
		}
		if (path.startsWith("assignments")) {
			send(exchange, JSON, body.isEmpty() ? this.assignments : "{}");
			return;
		}
		switch (path) {
			case "taskdashboard" -> send(exchange, "text/html",
					file("index.html").replace("@files@", "taskdashboard/")
						.replace("@assignments@", "assignments")
						.replace("@self@", "taskdashboard")
						.replace("@writable@", String.valueOf(this.writable)));
			case "taskdashboard/live" -> send(exchange, "text/event-stream", "event: busy\ndata: 0\n\n");
			default -> send(exchange, TYPES.getOrDefault(path.substring(path.lastIndexOf('.') + 1), "text/plain"),
					file(path.substring("taskdashboard/".length())));
		}
	}

	static void send(HttpExchange exchange, String type, String body) throws IOException {
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		exchange.getResponseHeaders().set("Content-Type", type);
		exchange.sendResponseHeaders(200, bytes.length);
		exchange.getResponseBody().write(bytes);
		exchange.close();
	}

	private static String file(String name) throws IOException {
		try (InputStream in = TaskDashboardEndpoint.class.getResourceAsStream(name)) {
			return new String(in.readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	@Override
	public void close() {
		this.closed.countDown();
		this.server.stop(0);
		this.threads.shutdownNow();
	}

	/**
	 * Answers some of what is asked.
	 */
	@FunctionalInterface
	interface Replies {

		/**
		 * Answer, or do not.
		 * @return whether nobody else shall
		 */
		boolean to(HttpExchange exchange) throws IOException;

	}

}
