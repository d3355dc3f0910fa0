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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The dashboard's endpoint over HTTP, with both kinds of web servers.
 */
class DashboardWebTests {

	private static final String EXPOSED = "--management.endpoints.web.exposure.include=assignments,taskdashboard";

	private static final Pattern LINK = Pattern.compile("(?:href|src)=\"([^#\"]+)\"");

	private final HttpClient client = HttpClient.newHttpClient();

	@ParameterizedTest
	@EnumSource(value = WebApplicationType.class, names = { "SERVLET", "REACTIVE" })
	void pageFindsItsFilesAndItsDataWhereverItIs(WebApplicationType type) throws Exception {
		try (ConfigurableApplicationContext context = start(type, EXPOSED, "--server.servlet.context-path=/shop",
				"--spring.webflux.base-path=/shop", "--management.endpoints.web.base-path=/ops",
				"--management.endpoints.web.path-mapping.taskdashboard=tools/board",
				"--management.endpoints.web.path-mapping.assignments=who")) {
			URI page = uri(context, "local.server.port", "/shop/ops/tools/board");
			assertPageIsWhole(page);
			assertPageIsWhole(URI.create(page + "/"));
		}
	}

	@ParameterizedTest
	@EnumSource(value = WebApplicationType.class, names = { "SERVLET", "REACTIVE" })
	void servesItsFilesAndNothingElse(WebApplicationType type) throws Exception {
		try (ConfigurableApplicationContext context = start(type, EXPOSED)) {
			String page = uri(context, "local.server.port", "/actuator/taskdashboard").toString();
			assertType(page, "text/html");
			assertType(page + "/main.js", "text/javascript");
			assertType(page + "/style.css", "text/css");
			assertType(page + "/icon.svg", "image/svg+xml");
			for (String path : new String[] { "/index.html", "/DashboardFiles.class", "/other.js", "/a/main.js",
					"/..%2fmain.js", "/%2e%2e/dashboard/main.js", "/..;/main.js" }) {
				assertThat(get(page + path).statusCode()).as(path).isIn(400, 404);
			}
			for (String method : new String[] { "POST", "DELETE", "PUT" }) {
				HttpRequest request = HttpRequest.newBuilder(URI.create(page))
					.method(method, HttpRequest.BodyPublishers.noBody())
					.build();
				assertThat(this.client.send(request, BodyHandlers.discarding()).statusCode()).as(method).isEqualTo(405);
			}
		}
	}

	@ParameterizedTest
	@EnumSource(value = WebApplicationType.class, names = { "SERVLET", "REACTIVE" })
	void newsAreServerSentEvents(WebApplicationType type) throws Exception {
		try (ConfigurableApplicationContext context = start(type, EXPOSED)) {
			String live = uri(context, "local.server.port", "/actuator/taskdashboard/live").toString();
			HttpRequest request = HttpRequest.newBuilder(URI.create(live + "?after=0"))
				.header("Accept", "text/event-stream")
				.build();
			HttpResponse<String> response = this.client.send(request, BodyHandlers.ofString());
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.headers().firstValue("Content-Type")).hasValue("text/event-stream");
			assertThat(response.body()).matches("event: news\nid: \\S+\ndata: \\d+\n\n");
			HttpRequest wrong = HttpRequest.newBuilder(URI.create(live + "?after=x")).build();
			// under WebFlux, Tomcat now and then closes the connection before it has sent
			// a 400
			Browser.await()
				.ignoreExceptionsInstanceOf(IOException.class)
				.untilAsserted(
						() -> assertThat(HttpClient.newHttpClient().send(wrong, BodyHandlers.discarding()).statusCode())
							.isEqualTo(400));
		}
	}

	@Test
	void pageSaysWhetherTheEndpointMayBeWrittenTo() throws Exception {
		try (ConfigurableApplicationContext context = start(WebApplicationType.SERVLET, EXPOSED)) {
			assertThat(page(context).body()).contains("data-writable=\"false\"");
		}
		try (ConfigurableApplicationContext context = start(WebApplicationType.SERVLET, EXPOSED,
				"--management.endpoint.assignments.access=unrestricted")) {
			assertThat(page(context).body()).contains("data-writable=\"true\"");
		}
		try (ConfigurableApplicationContext context = start(WebApplicationType.SERVLET, EXPOSED,
				"--management.endpoint.assignments.access=unrestricted",
				"--management.endpoints.access.max-permitted=read-only")) {
			assertThat(page(context).body()).contains("data-writable=\"false\"");
		}
	}

	@Test
	void pageIsOffUnlessExposedAndSaysWhatElseHasToBe() throws Exception {
		try (ConfigurableApplicationContext context = start(WebApplicationType.SERVLET,
				"--management.endpoints.web.exposure.include=assignments")) {
			assertThat(page(context).statusCode()).isEqualTo(404);
		}
		try (ConfigurableApplicationContext context = start(WebApplicationType.SERVLET,
				"--management.endpoints.web.exposure.include=taskdashboard",
				"--management.endpoint.assignments.access=unrestricted")) {
			assertThat(page(context).body()).contains("data-assignments=\"\"").contains("data-writable=\"false\"");
		}
	}

	@Test
	void followsTheManagementPort() throws Exception {
		try (ConfigurableApplicationContext context = start(WebApplicationType.SERVLET, EXPOSED,
				"--management.server.port=0", "--management.server.address=127.0.0.1")) {
			assertThat(page(context).statusCode()).isEqualTo(404);
			assertPageIsWhole(uri(context, "local.management.port", "/actuator/taskdashboard"));
		}
	}

	@ParameterizedTest
	@EnumSource(value = WebApplicationType.class, names = { "SERVLET", "REACTIVE" })
	void isAsClosedAsTheApplication(WebApplicationType type) throws Exception {
		try (ConfigurableApplicationContext context = start(type, EXPOSED, "--shop.open=false",
				"--spring.security.user.name=olga", "--spring.security.user.password=secret")) {
			String page = uri(context, "local.server.port", "/actuator/taskdashboard").toString();
			for (String path : new String[] { "", "/", "/main.js", "/live?after=0" }) {
				assertThat(get(page + path).statusCode()).as(path).isEqualTo(401);
				HttpRequest request = HttpRequest.newBuilder(URI.create(page + path))
					.header("Authorization", "Basic " + Base64.getEncoder().encodeToString("olga:secret".getBytes()))
					.build();
				assertThat(this.client.send(request, BodyHandlers.discarding()).statusCode()).as(path).isEqualTo(200);
			}
		}
	}

	private void assertPageIsWhole(URI page) throws IOException, InterruptedException {
		HttpResponse<String> response = get(page.toString());
		assertThat(response.statusCode()).as(page.toString()).isEqualTo(200);
		assertThat(response.body()).contains("default-src 'none'");
		Matcher links = LINK.matcher(response.body());
		int files = 0;
		while (links.find()) {
			assertThat(links.group(1)).doesNotStartWith("/").doesNotContain(":");
			assertThat(get(page.resolve(links.group(1)).toString()).statusCode()).as(links.group(1)).isEqualTo(200);
			files++;
		}
		assertThat(files).isEqualTo(3);
		Matcher data = Pattern.compile("data-assignments=\"([^\"]+)\"").matcher(response.body());
		assertThat(data.find()).isTrue();
		assertThat(get(page.resolve(data.group(1)).toString()).body()).contains("\"crawler\"");
	}

	private void assertType(String uri, String type) throws IOException, InterruptedException {
		HttpResponse<String> response = get(uri);
		assertThat(response.statusCode()).as(uri).isEqualTo(200);
		assertThat(response.headers().firstValue("Content-Type").orElseThrow()).startsWith(type)
			.containsIgnoringCase("utf-8");
	}

	private HttpResponse<String> page(ConfigurableApplicationContext context) throws IOException, InterruptedException {
		return get(uri(context, "local.server.port", "/actuator/taskdashboard").toString());
	}

	private HttpResponse<String> get(String uri) throws IOException, InterruptedException {
		return this.client.send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofString());
	}

	private static URI uri(ConfigurableApplicationContext context, String port, String path) {
		return URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty(port) + path);
	}

	private static ConfigurableApplicationContext start(WebApplicationType type, String... arguments) {
		return new SpringApplicationBuilder(ShopApplication.class).web(type)
			.properties("spring.application.name=shop", "distributed-task.mode=local", "server.address=127.0.0.1",
					"server.port=0", "spring.main.banner-mode=off")
			.run(arguments);
	}

}
