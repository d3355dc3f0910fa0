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

import java.util.concurrent.atomic.AtomicInteger;

import io.distributedtask.DistributedTask;
import io.distributedtask.TaskContext;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.server.SecurityWebFilterChain;

/**
 * An application with some tasks. Without {@code shop.open=false} everybody may do
 * everything.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableScheduling
public class ShopApplication {

	static final int CRAWLER_SHARDS = 6;

	private final AtomicInteger invoices = new AtomicInteger();

	@DistributedTask(name = "crawler", shards = CRAWLER_SHARDS)
	void crawl(TaskContext task) throws InterruptedException {
		while (task.isOwned()) {
			Thread.sleep(20);
		}
	}

	@DistributedTask("invoices")
	@Scheduled(fixedDelay = 500)
	void invoices() {
		this.invoices.incrementAndGet();
	}

	@DistributedTask("broken")
	void broken(TaskContext task) {
		throw new IllegalStateException("<b>no</b> connection");
	}

	public static void main(String[] args) {
		SpringApplication.run(ShopApplication.class, args);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "shop.open", matchIfMissing = true)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	static class OpenServlet {

		@Bean
		SecurityFilterChain open(HttpSecurity http) throws Exception {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
				.csrf((csrf) -> csrf.disable())
				.build();
		}

	}

	/**
	 * As docs/dashboard.md says.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty(name = "shop.operators", havingValue = "basic")
	static class BasicOperators {

		@Bean
		SecurityFilterChain operators(HttpSecurity http) throws Exception {
			return http.securityMatcher(EndpointRequest.to("assignments", "taskdashboard"))
				.authorizeHttpRequests((requests) -> requests.anyRequest().hasRole("OPERATOR"))
				.httpBasic(Customizer.withDefaults())
				.csrf((csrf) -> csrf.spa())
				.build();
		}

	}

	/**
	 * As docs/dashboard.md says, with a form to sign in.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty(name = "shop.operators", havingValue = "form")
	static class FormOperators {

		@Bean
		SecurityFilterChain operators(HttpSecurity http) throws Exception {
			return http
				.authorizeHttpRequests(
						(requests) -> requests.requestMatchers(EndpointRequest.to("assignments", "taskdashboard"))
							.hasRole("OPERATOR")
							.anyRequest()
							.authenticated())
				.formLogin(Customizer.withDefaults())
				.csrf((csrf) -> csrf.spa())
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "shop.open", matchIfMissing = true)
	@ConditionalOnWebApplication(type = Type.REACTIVE)
	static class OpenReactive {

		@Bean
		SecurityWebFilterChain open(ServerHttpSecurity http) {
			return http.authorizeExchange((exchanges) -> exchanges.anyExchange().permitAll())
				.csrf((csrf) -> csrf.disable())
				.build();
		}

	}

}
