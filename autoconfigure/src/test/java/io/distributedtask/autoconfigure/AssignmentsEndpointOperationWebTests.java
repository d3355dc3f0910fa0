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
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import io.distributedtask.DistributedTask;
import io.distributedtask.DistributedTasks;
import io.distributedtask.OwnershipListener;
import io.distributedtask.TaskContext;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskWork;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The write operations of the endpoint over HTTP, with servlets and without, on an
 * instance that is alone and needs no broker.
 */
class AssignmentsEndpointOperationWebTests {

	private final HttpClient client = HttpClient.newHttpClient();

	private int port;

	@ParameterizedTest
	@EnumSource(names = { "SERVLET", "REACTIVE" })
	void everythingCanBeAskedForOverHttp(WebApplicationType type) throws Exception {
		try (ConfigurableApplicationContext context = start(type, "unrestricted")) {
			await().until(() -> context.getBean(DistributedTasks.class).isOwner("report"));
			pauseAndResume(context);
			runOnRequest(context);
			moveAndClear();
			drainAndUndrain();
			wholeGroup();
			badRequests();
			whatIsNotUnderstood();
			namesOfAllKinds(context);
		}
	}

	@Test
	void nothingCanBeAskedForUnlessThatIsAllowed() throws Exception {
		try (ConfigurableApplicationContext context = start(WebApplicationType.SERVLET, "read-only")) {
			await().until(() -> context.getBean(DistributedTasks.class).isOwner("report"));
			assertThat(post("/crawler", "{\"action\":\"pause\"}").statusCode()).isEqualTo(405);
			assertThat(post("", "{\"action\":\"pause\"}").statusCode()).isEqualTo(405);
			assertThat(get("").at("/group/paused").isMissingNode()).isTrue();
		}
	}

	private void pauseAndResume(ConfigurableApplicationContext context) throws Exception {
		JsonNode answer = json(post("/crawler", "{\"action\":\"pause\"}"), 200);
		assertThat(answer).hasToString("{\"action\":\"pause\",\"task\":\"crawler\"}");
		await().untilAsserted(() -> {
			JsonNode task = get("/crawler");
			assertThat(task.at("/paused").booleanValue()).isTrue();
			assertThat(task.at("/assignments/1/owner").asString()).isEqualTo("me");
			assertThat(task.at("/assignments/1/state").asString()).isEqualTo("OWNED");
			assertThat(task.at("/assignments/1/execution/status").asString()).isEqualTo("PAUSED");
			assertThat(task.at("/assignments/1/reason").asString()).startsWith("paused at ").endsWith(" on me");
		});
		assertThat(context.getBean(Worker.class).running).hasValue(0);
		json(post("/crawler", "{\"action\":\"resume\"}"), 200);
		await().until(() -> context.getBean(Worker.class).running.get() == 2);
		assertThat(get("/crawler").at("/assignments/1/reason").isMissingNode()).isTrue();
	}

	private void runOnRequest(ConfigurableApplicationContext context) throws Exception {
		JsonNode answer = json(post("/report", "{\"action\":\"run\"}"), 200);
		assertThat(answer).hasToString("{\"action\":\"run\",\"task\":\"report\",\"shard\":0,\"owner\":\"me\"}");
		await().until(() -> context.getBean(Worker.class).reports.get() == 1);
		json(post("/report", "{\"action\":\"run\",\"shard\":0}"), 200);
		await().until(() -> context.getBean(Worker.class).reports.get() == 2);
		json(post("/report", "{\"action\":\"pause\"}"), 200);
		assertThat(message(post("/report", "{\"action\":\"run\"}"), 409)).contains("is paused");
		json(post("/report", "{\"action\":\"resume\"}"), 200);
		assertThat(message(post("/leader", "{\"action\":\"run\"}"), 400))
			.contains("neither a scheduled nor a continuous");
	}

	private void moveAndClear() throws Exception {
		json(post("/crawler", "{\"action\":\"move\",\"shard\":1,\"instance\":\"me\"}"), 200);
		await().untilAsserted(
				() -> assertThat(get("/crawler").at("/assignments/1/reason").asString()).isEqualTo("pinned to me"));
		json(post("/crawler", "{\"action\":\"clear\",\"shard\":1}"), 200);
		await().until(() -> get("/crawler").at("/assignments/1/reason").isMissingNode());
		assertThat(message(post("/crawler", "{\"action\":\"move\",\"shard\":1,\"instance\":\"you\"}"), 404))
			.isEqualTo("The group has no instance 'you'");
	}

	private void drainAndUndrain() throws Exception {
		json(post("", "{\"action\":\"drain\",\"instance\":\"me\"}"), 200);
		await().untilAsserted(() -> {
			JsonNode group = get("");
			assertThat(group.at("/instances/0/draining").booleanValue()).isTrue();
			assertThat(group.at("/instances/0/owned").intValue()).isZero();
			assertThat(group.at("/tasks/0/assignments/0/reason").asString())
				.isEqualTo("every instance that knows the task is draining");
		});
		assertThat(message(post("/report", "{\"action\":\"run\"}"), 409)).contains("has no owner");
		json(post("", "{\"action\":\"undrain\",\"instance\":\"me\"}"), 200);
		await().until(() -> get("").at("/instances/0/owned").intValue() == 4);
		assertThat(message(post("", "{\"action\":\"drain\",\"instance\":\"you\"}"), 404)).contains("'you'");
	}

	private void wholeGroup() throws Exception {
		json(post("", "{\"action\":\"pause\"}"), 200);
		await().untilAsserted(() -> {
			JsonNode group = get("");
			assertThat(group.at("/group/paused").booleanValue()).isTrue();
			assertThat(group.at("/tasks").valueStream()).allMatch((task) -> task.at("/paused").booleanValue());
			assertThat(group.at("/tasks/0/assignments/0/reason").asString()).startsWith("paused with the whole group");
		});
		json(post("", "{\"action\":\"resume\"}"), 200);
		await().until(() -> get("").at("/group/paused").isMissingNode());
		int generation = get("").at("/group/generation").intValue();
		json(post("", "{\"action\":\"rebalance\",\"reason\":\"test\"}"), 200);
		await().until(() -> get("").at("/group/generation").intValue() > generation);
	}

	private void badRequests() throws Exception {
		assertThat(message(post("/crawler", "{}"), 400)).isEqualTo("'action' is missing");
		assertThat(message(post("/crawler", "{\"action\":\"explode\"}"), 400)).contains("'explode'");
		assertThat(message(post("/crawler", "{\"action\":\"run\"}"), 400)).contains("has 2 shards");
		assertThat(message(post("/crawler", "{\"action\":\"run\",\"shard\":2}"), 400)).contains("has no shard 2");
		assertThat(message(post("/crawler", "{\"action\":\"run\",\"shard\":\"x\"}"), 400)).contains("must be a number");
		assertThat(message(post("/unknown", "{\"action\":\"pause\"}"), 404))
			.isEqualTo("No live instance knows a task 'unknown'");
	}

	private void whatIsNotUnderstood() throws Exception {
		assertThat(message(post("/crawler", "{\"action\":\"pause\",\"shards\":1,\"x\":null}"), 400))
			.isEqualTo("There is no field 'shards', 'x': choose from 'action', 'instance', 'shard'");
		assertThat(message(post("?reson=x", "{\"action\":\"rebalance\"}"), 400))
			.startsWith("There is no field 'reson'");
		contradictions();
		json(post("/crawler?_csrf=x", "{\"action\":\"resume\"}"), 200);
		for (String body : List.of("[]", "x", "{\"action\":", "{\"action\":{}}", "null x")) {
			assertThat(post("/crawler", body).statusCode()).as(body).isEqualTo(400);
		}
		assertThat(message(post("/crawler", ""), 400)).isEqualTo("'action' is missing");
		assertThat(send("/crawler", (request) -> request.POST(BodyPublishers.ofString("action=pause"))
			.header("Content-Type", "application/x-www-form-urlencoded")).statusCode()).isEqualTo(415);
		assertThat(send("/crawler", (request) -> request.DELETE()).statusCode()).isEqualTo(405);
	}

	private void contradictions() throws Exception {
		String both = "The path is about task 'crawler', and 'task' is 'report': leave it out";
		assertThat(message(post("/crawler", "{\"action\":\"pause\",\"task\":\"report\"}"), 400)).isEqualTo(both);
		assertThat(message(post("/crawler?task=report", "{\"action\":\"pause\"}"), 400)).isEqualTo(both);
		assertThat(message(refusedGet("/crawler?task=report"), 400)).isEqualTo(both);
		json(post("/crawler", "{\"action\":\"resume\",\"task\":\"crawler\"}"), 200);
		assertThat(get("/crawler?task=crawler").at("/name").asString()).isEqualTo("crawler");
		assertThat(message(post("", "{\"action\":\"pause\",\"task\":\"crawler\"}"), 400))
			.contains("POST to assignments/{task}");
		String unknown = "There is no parameter 'histroy': choose from 'history'";
		assertThat(message(refusedGet("?histroy=true"), 400)).isEqualTo(unknown);
		assertThat(message(refusedGet("/crawler?histroy=true"), 400)).isEqualTo(unknown);
		assertThat(message(refusedGet("?task=crawler"), 400)).startsWith("There is no parameter 'task'");
		assertThat(get("?_=1").at("/self").asString()).isEqualTo("me");
	}

	private HttpResponse<String> refusedGet(String path) throws IOException, InterruptedException {
		return send(path, (request) -> request.header("Accept", "text/html").GET());
	}

	private void namesOfAllKinds(ConfigurableApplicationContext context) throws Exception {
		DistributedTasks tasks = context.getBean(DistributedTasks.class);
		for (String name : List.of("job.run", "a b", "größe", "任務\ud83d\ude80", "a?b#c", "a+b&c=d", "tenant:7", "...",
				"a..b", "[a]{b}<c>|\"d'^`", "a,b~c!d*e(f)@g$h", "~", "n".repeat(255), "ö".repeat(255))) {
			tasks.register(TaskDefinition.of(name), TaskWork.cron("0 0 0 29 2 *", (task) -> {
			}));
			await().until(() -> tasks.isOwner(name));
			String path = "/" + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
			assertThat(get(path).at("/name").asString()).isEqualTo(name);
			assertThat(json(post(path, "{\"action\":\"pause\"}"), 200).at("/task").asString()).isEqualTo(name);
			await().until(() -> get(path).at("/paused").booleanValue());
			tasks.unregister(name);
			await().untilAsserted(() -> assertThat(message(send(path, (request) -> request.GET()), 404))
				.isEqualTo("No live instance knows a task '%s'".formatted(name)));
		}
	}

	private ConfigurableApplicationContext start(WebApplicationType type, String access) {
		ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class).web(type)
			.run("--spring.application.name=shop", "--distributed-task.mode=local", "--server.address=127.0.0.1",
					"--server.port=0", "--distributed-task.instance-name=me", "--spring.main.banner-mode=off",
					"--management.endpoints.web.exposure.include=assignments",
					"--management.endpoint.assignments.access=" + access);
		this.port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
		return context;
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(60));
	}

	private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
		return this.client.send(HttpRequest.newBuilder(uri(path))
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString(body))
			.build(), BodyHandlers.ofString());
	}

	private HttpResponse<String> send(String path, UnaryOperator<HttpRequest.Builder> request)
			throws IOException, InterruptedException {
		return this.client.send(request.apply(HttpRequest.newBuilder(uri(path))).build(), BodyHandlers.ofString());
	}

	private JsonNode get(String path) throws IOException, InterruptedException {
		return json(this.client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString()), 200);
	}

	private URI uri(String path) {
		return URI.create("http://127.0.0.1:" + this.port + "/actuator/assignments" + path);
	}

	private static JsonNode json(HttpResponse<String> response, int status) {
		assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
		return JsonMapper.shared().readTree(response.body());
	}

	private static String message(HttpResponse<String> response, int status) {
		return json(response, status).at("/message").asString();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableScheduling
	static class Application {

		@Bean
		Worker worker() {
			return new Worker();
		}

		@Bean
		@DistributedTask("leader")
		OwnershipListener leader() {
			return new OwnershipListener() {

				@Override
				public void onAssigned(TaskContext task) {
					// being the leader is all there is to do
				}

				@Override
				public void onRevoked(TaskContext task) {
					// nothing to undo
				}

			};
		}

	}

	/**
	 * Counts what runs.
	 */
	static class Worker {

		private final AtomicInteger running = new AtomicInteger();

		private final AtomicInteger reports = new AtomicInteger();

		@DistributedTask(name = "crawler", shards = 2)
		void crawl(TaskContext task) throws InterruptedException {
			this.running.incrementAndGet();
			try {
				while (task.isOwned()) {
					Thread.sleep(5);
				}
			}
			finally {
				this.running.decrementAndGet();
			}
		}

		@DistributedTask("report")
		@Scheduled(cron = "0 0 0 29 2 *")
		void report() {
			this.reports.incrementAndGet();
		}

	}

}
