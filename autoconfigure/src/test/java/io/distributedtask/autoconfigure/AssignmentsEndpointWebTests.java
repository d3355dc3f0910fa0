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

package io.distributedtask.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;

import io.distributedtask.DistributedTask;
import io.distributedtask.TaskContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The endpoint and health of a web application, over HTTP.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.application.name=shop", "distributed-task.mode=local", "server.address=127.0.0.1",
				"server.servlet.context-path=/shop", "management.endpoints.web.exposure.include=assignments,health",
				"management.endpoint.health.show-details=always" })
class AssignmentsEndpointWebTests {

	private final HttpClient client = HttpClient.newHttpClient();

	@LocalServerPort
	private int port;

	@Test
	void showsGroupWithAddressOfThisInstance() {
		Awaitility.await().ignoreExceptions().untilAsserted(() -> {
			JsonNode group = json(get("/assignments"));
			assertThat(group.at("/group/id").asString()).isEqualTo("shop-tasks");
			assertThat(group.at("/group/state").asString()).isEqualTo("LOCAL");
			assertThat(group.at("/self").asString()).endsWith(":" + this.port);
			assertThat(group.at("/instances/0/uri").asString()).isEqualTo(uri(""));
			assertThat(group.at("/tasks/0/assignments/1/owner")).isEqualTo(group.at("/self"));
		});
	}

	@Test
	void showsOneTask() {
		Awaitility.await().ignoreExceptions().untilAsserted(() -> {
			HttpResponse<String> response = get("/assignments/crawler");
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(json(response).at("/assignments/1/state").asString()).isEqualTo("OWNED");
		});
	}

	@Test
	void unknownTaskIs404() throws Exception {
		HttpResponse<String> response = get("/assignments/unknown?history=true");
		assertThat(response.statusCode()).isEqualTo(404);
		assertThat(response.body()).isEqualTo("{\"message\":\"No live instance knows a task 'unknown'\"}");
	}

	@ParameterizedTest
	@CsvSource(nullValues = "none", delimiter = '|',
			textBlock = """
					none                                                             | application/vnd.spring-boot.actuator.v3+json
					*/*                                                              | application/vnd.spring-boot.actuator.v3+json
					text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8  | application/vnd.spring-boot.actuator.v3+json
					text/html                                                        | application/json
					text/html,application/xhtml+xml                                  | application/json
					application/json                                                 | application/json
					application/vnd.spring-boot.actuator.v2+json                     | application/vnd.spring-boot.actuator.v2+json
					""")
	void answersWithJsonWhateverIsAccepted(String accept, String type) throws Exception {
		for (String path : List.of("/assignments", "/assignments/crawler", "/assignments/unknown")) {
			HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri(path)));
			HttpResponse<String> response = this.client
				.send(((accept != null) ? request.header("Accept", accept) : request).build(), BodyHandlers.ofString());
			assertThat(response.statusCode()).isEqualTo(path.endsWith("unknown") ? 404 : 200);
			assertThat(response.headers().firstValue("Content-Type")).hasValue(type);
			assertThat(json(response).isObject()).isTrue();
		}
	}

	@Test
	void headAndOptionsAreAnswered() throws Exception {
		for (String path : List.of("/assignments", "/assignments/crawler")) {
			HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri(path)));
			assertThat(
					this.client.send(request.method("HEAD", BodyPublishers.noBody()).build(), BodyHandlers.ofString())
						.statusCode())
				.isEqualTo(200);
			assertThat(this.client
				.send(request.method("OPTIONS", BodyPublishers.noBody()).build(), BodyHandlers.ofString())
				.statusCode()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@CsvSource(nullValues = "none",
			value = { "?history=true, true", "?history, true", "?history=TRUE, true", "?history=1, true",
					"?history=false, false", "'', false", "?history=maybe, none", "?history=true&history=false, none" })
	void historyIsShownOnRequest(String query, Boolean shown) throws Exception {
		for (String path : List.of("/assignments", "/assignments/crawler")) {
			HttpResponse<String> response = get(path + query);
			assertThat(response.statusCode()).isEqualTo((shown != null) ? 200 : 400);
			if (shown != null) {
				assertThat(json(response).has("history")).isEqualTo(shown);
			}
			else {
				assertThat(json(response).at("/message").asString()).startsWith("'history' must be true or false");
			}
		}
	}

	@Test
	void writesAreRefusedByDefault() throws Exception {
		HttpRequest post = HttpRequest.newBuilder(URI.create(uri("/assignments/crawler")))
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString("{\"action\":\"pause\"}"))
			.build();
		assertThat(this.client.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
		HttpRequest delete = HttpRequest.newBuilder(URI.create(uri("/assignments/crawler"))).DELETE().build();
		assertThat(this.client.send(delete, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
	}

	@Test
	void healthIsUp() throws Exception {
		JsonNode health = json(get("/health"));
		assertThat(health.at("/components/distributedTasks/status").asString()).isEqualTo("UP");
	}

	private String uri(String path) {
		return "http://127.0.0.1:" + this.port + "/shop/actuator" + path;
	}

	private HttpResponse<String> get(String path) throws IOException, InterruptedException {
		return this.client.send(HttpRequest.newBuilder(URI.create(uri(path))).build(), BodyHandlers.ofString());
	}

	private static JsonNode json(HttpResponse<String> response) {
		return JsonMapper.shared().readTree(response.body());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Crawler crawler() {
			return new Crawler();
		}

	}

	static class Crawler {

		@DistributedTask(name = "crawler", shards = 2)
		void crawl(TaskContext task) {
		}

	}

}
