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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.distributedtask.DistributedTasks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The recipes for curl that the documents have, as they are written there.
 */
@EnabledIf(value = "hasCurl", disabledReason = "There is no curl")
class RecipesTests {

	private static final Pattern RECIPE = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);

	@TempDir
	private Path folder;

	static boolean hasCurl() {
		return Files.isExecutable(Path.of("/usr/bin/curl")) && Files.isExecutable(Path.of("/bin/bash"));
	}

	@Test
	void withoutSecurity() throws Exception {
		List<String> recipes = recipes("docs/operations.md");
		assertThat(recipes).hasSize(1);
		assertThat(run("none", recipes.get(0))).contains("{\"action\":\"pause\",\"task\":\"invoices\"}",
				"{\"action\":\"resume\",\"task\":\"invoices\"}",
				"{\"action\":\"run\",\"task\":\"invoices\",\"shard\":0");
	}

	@Test
	void nameAndPasswordOfEachRequest() throws Exception {
		assertThat(run("basic", recipes("docs/dashboard.md").get(0)))
			.endsWith("{\"action\":\"pause\",\"task\":\"invoices\"}");
	}

	@Test
	void sessionAfterAForm() throws Exception {
		assertThat(run("form", recipes("docs/dashboard.md").get(1)))
			.endsWith("{\"action\":\"pause\",\"task\":\"invoices\"}");
	}

	@Test
	void withoutTheTokenTheAnswerIsThatOfTheDocuments() throws Exception {
		String post = " -s -o /dev/null -w '%{http_code}' -H 'Content-Type: application/json' -d '{\"action\":\"pause\"}' "
				+ "http://shop-3:8080/actuator/assignments/invoices";
		assertThat(run("basic", "curl -u olga:secret" + post)).isEqualTo("403");
		assertThat(run("basic", "curl -s -o /dev/null -w '%{http_code}' http://shop-3:8080/actuator/assignments"))
			.isEqualTo("401");
	}

	private String run(String operators, String recipe) throws Exception {
		try (ConfigurableApplicationContext context = start(operators)) {
			Browser.await().until(() -> context.getBean(DistributedTasks.class).isOwner("invoices"));
			String address = "127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
			assertThat(recipe).contains("shop-3:8080");
			Process process = new ProcessBuilder("/bin/bash", "-e", "-c", recipe.replace("shop-3:8080", address))
				.directory(this.folder.toFile())
				.redirectError(this.folder.resolve("errors").toFile())
				.start();
			String output = new String(process.getInputStream().readAllBytes());
			assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
			assertThat(process.exitValue()).as(output).isZero();
			return output.strip();
		}
	}

	private static List<String> recipes(String document) throws IOException {
		Path file = Stream.of(Path.of(document), Path.of("..", document))
			.filter(Files::exists)
			.findFirst()
			.orElseThrow();
		return RECIPE.matcher(Files.readString(file))
			.results()
			.map((MatchResult it) -> it.group(1))
			.filter((it) -> it.contains("curl "))
			.toList();
	}

	private static ConfigurableApplicationContext start(String operators) {
		return new SpringApplicationBuilder(ShopApplication.class).web(WebApplicationType.SERVLET)
			.properties("spring.application.name=shop", "distributed-task.mode=local", "server.address=127.0.0.1",
					"server.port=0", "spring.main.banner-mode=off")
			.run("--management.endpoints.web.exposure.include=assignments,taskdashboard",
					"--management.endpoint.assignments.access=unrestricted", "--spring.security.user.name=olga",
					"--spring.security.user.password=secret", "--spring.security.user.roles=OPERATOR",
					"--shop.operators=" + operators, "--shop.open=" + operators.equals("none"));
	}

}
