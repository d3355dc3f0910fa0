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
import java.util.Map;
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

	private static final Map<String, String> TYPES = Map.of("js", "text/javascript", "css", "text/css", "svg",
			"image/svg+xml");

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final HttpServer server;

	private volatile String assignments;

	MadeUpGroup(int tasks, int shards, int instances) throws IOException {
		this.assignments = assignments(tasks, shards, instances);
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
		this.server.setExecutor(this.threads);
		this.server.createContext(PREFIX, this::answer);
		this.server.start();
	}

	URI page() {
		return URI.create("http://127.0.0.1:" + this.server.getAddress().getPort() + PREFIX + "taskdashboard");
	}

	private void answer(HttpExchange exchange) throws IOException {
		String path = exchange.getRequestURI().getPath().substring(PREFIX.length());
		switch (path) {
			case "taskdashboard" -> send(exchange, "text/html",
					file("index.html").replace("@files@", "taskdashboard/")
						.replace("@assignments@", "assignments")
						.replace("@self@", "taskdashboard")
						.replace("@writable@", "false"));
			case "assignments" -> send(exchange, "application/vnd.spring-boot.actuator.v3+json", this.assignments);
			case "taskdashboard/live" -> send(exchange, "text/event-stream", "event: busy\ndata: 0\n\n");
			default -> send(exchange, TYPES.getOrDefault(path.substring(path.lastIndexOf('.') + 1), "text/plain"),
					file(path.substring("taskdashboard/".length())));
		}
	}

	private static void send(HttpExchange exchange, String type, String body) throws IOException {
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

	private static String assignments(int tasks, int shards, int instances) {
		StringBuilder json = new StringBuilder("{\"group\":{\"id\":\"large\",\"state\":\"STABLE\",\"generation\":7,"
				+ "\"assignor\":\"sticky\",\"leader\":\"shop-1\"},\"self\":\"shop-1\",\"source\":\"COORDINATOR\","
				+ "\"asOf\":\"2026-11-24T10:15:30.123Z\",\"instances\":[");
		for (int i = 1; i <= instances; i++) {
			json.append((i > 1) ? "," : "").append("""
					{"name":"shop-%d","memberId":"m","host":"h","labels":{"zone":"eu"},"capacity":1.0,"draining":false,
					"leader":%s,"self":%s,"owned":%d}""".formatted(i, i == 1, i == 1, tasks * shards / instances));
		}
		json.append("],\"tasks\":[");
		for (int task = 0; task < tasks; task++) {
			json.append((task > 0) ? "," : "")
				.append("{\"name\":\"tenant-%d\",\"shards\":%d,\"weight\":1.0,\"requires\":\"\",\"paused\":false,"
					.formatted(task, shards))
				.append("\"assignments\":[");
			for (int shard = 0; shard < shards; shard++) {
				json.append((shard > 0) ? "," : "").append("""
						{"shard":%d,"owner":"shop-%d","state":"OWNED","fencingToken":1795500930123,
						"since":"2026-11-24T09:55:30.123Z"}""".formatted(shard, 1 + (task + shard) % instances));
			}
			json.append("]}");
		}
		return json.append("]}").toString();
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.threads.shutdownNow();
	}

}
