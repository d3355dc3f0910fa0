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

import java.net.URI;
import java.util.Map;
import java.util.Objects;

import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskWork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The dashboard in a browser, in an application whose users sign in.
 */
@EnabledIf(value = "io.distributedtask.dashboard.Browser#isInstalled", disabledReason = Browser.MISSING)
class DashboardSecurityIntegrationTests {

	private static final String POST_WITHOUT_TOKEN = "fetch('assignments/invoices', { method: 'POST', body: '{\"action\":\"pause\"}',"
			+ " headers: { 'Content-Type': 'application/json' } }).then((it) => arguments[0](it.status))";

	@Test
	void whoHasSignedInActsWithTheTokenOfThePage() throws Exception {
		try (ConfigurableApplicationContext context = start("form"); Browser browser = new Browser()) {
			browser.open(URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port")
					+ "/actuator/taskdashboard"));
			browser.driver().findElement(By.name("username")).sendKeys("olga");
			browser.driver().findElement(By.name("password")).sendKeys("secret", Keys.ENTER);
			Board board = new Board(browser);
			Browser.await().until(() -> board.rows().contains("invoices"));
			board.select("invoices");
			browser.click("[data-key=pause]");
			browser.click("dialog[open] #confirm");
			Browser.await()
				.untilAsserted(() -> assertThat(browser.texts("#details .status")).containsExactly("Paused"));
			assertThat(browser.complaints()).isEmpty();
			assertThat(Objects.requireNonNull(browser.driver().executeAsyncScript(POST_WITHOUT_TOKEN))).isEqualTo(403L);
		}
	}

	@Test
	void pageWorksWithNameAndPasswordInItsAddress() throws Exception {
		try (ConfigurableApplicationContext context = start("basic"); Browser browser = new Browser()) {
			browser.open(URI.create("http://olga:secret@127.0.0.1:"
					+ context.getEnvironment().getProperty("local.server.port") + "/actuator/taskdashboard"));
			Board board = new Board(browser);
			Browser.await().until(() -> board.rows().contains("invoices"));
			assertThat(browser.texts("#bad")).containsExactly("");
			String odd = "größe & a?b#c=d+<e>:7";
			context.getBean(DistributedTasks.class)
				.register(TaskDefinition.of(odd), TaskWork.cron("0 0 0 29 2 *", (task) -> {
				}));
			Browser.await().until(() -> board.rows().contains(odd));
			board.select(odd);
			browser.click("[data-key=pause]");
			browser.click("dialog[open] #confirm");
			Browser.await()
				.untilAsserted(() -> assertThat(browser.texts("#details .status")).containsExactly("Paused"));
			assertThat(browser.complaints()).isEmpty();
		}
	}

	private static ConfigurableApplicationContext start(String operators) {
		return new SpringApplicationBuilder(ShopApplication.class).web(WebApplicationType.SERVLET)
			.properties(Map.of("spring.application.name", "shop", "distributed-task.mode", "local", "server.address",
					"127.0.0.1", "server.port", "0", "shop.open", "false", "shop.operators", operators))
			.run("--management.endpoints.web.exposure.include=assignments,taskdashboard",
					"--management.endpoint.assignments.access=unrestricted", "--spring.security.user.name=olga",
					"--spring.security.user.roles=OPERATOR", "--spring.security.user.password=secret");
	}

}
