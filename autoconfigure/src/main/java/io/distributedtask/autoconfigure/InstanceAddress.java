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

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Where this instance can be found. Ports are known once the web server listens, so every
 * answer is computed when it is asked for.
 */
class InstanceAddress {

	private static final int MAX_HOST_LENGTH = 80;

	private static final List<String> WILDCARDS = List.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");

	private final Environment environment;

	private final boolean actuator;

	private final String suffix = "%04x".formatted(ThreadLocalRandom.current().nextInt(1 << 16));

	/**
	 * Create an address.
	 * @param environment knows the ports
	 * @param actuator whether there is an actuator to be reached
	 */
	InstanceAddress(Environment environment, boolean actuator) {
		this.environment = environment;
		this.actuator = actuator;
	}

	/**
	 * A name for this instance that no other one is likely to have: host name and port of
	 * the web server, or host name, process id and some random digits.
	 * @return the name
	 */
	String name() {
		String host = hostName();
		host = host.substring(0, Math.min(host.length(), MAX_HOST_LENGTH));
		String port = property("local.server.port", "");
		return port.isEmpty() ? "%s-%d-%s".formatted(host, ProcessHandle.current().pid(), this.suffix)
				: host + ":" + port;
	}

	/**
	 * Where people reach this instance's actuator.
	 * @return the URI, or {@code null} when there is no web server or no actuator
	 */
	@Nullable URI actuatorUri() {
		if (!this.actuator) {
			return null;
		}
		String endpoints = path(property("management.endpoints.web.base-path", "/actuator"));
		String managementPort = property("local.management.port", property("management.server.port", ""));
		String port = property("local.server.port", "");
		if (managementPort.startsWith("-")) {
			return null;
		}
		if (!managementPort.isEmpty() && !managementPort.equals(port)) {
			return uri("management.server", managementPort,
					path(property("management.server.base-path", "")) + endpoints);
		}
		return port.isEmpty() ? null : uri("server", port, contextPath() + endpoints);
	}

	private String contextPath() {
		return path(property("server.servlet.context-path", "")) + path(property("spring.mvc.servlet.path", ""))
				+ path(property("spring.webflux.base-path", ""));
	}

	private @Nullable URI uri(String server, String port, String path) {
		String host = property(server + ".address", "");
		if (host.isEmpty() || WILDCARDS.contains(host)) {
			host = hostAddress();
		}
		try {
			int number = Integer.parseInt(port);
			return (number > 0) ? new URI(secure(server) ? "https" : "http", null, host, number, path, null, null)
					: null;
		}
		catch (URISyntaxException | NumberFormatException ex) {
			return null;
		}
	}

	/** Boot turns SSL on as soon as one of the server's SSL properties is set. */
	private boolean secure(String server) {
		Map<String, Object> ssl = Binder.get(this.environment)
			.bind(server + ".ssl", Bindable.mapOf(String.class, Object.class))
			.orElse(Map.of());
		return !ssl.isEmpty() && this.environment.getProperty(server + ".ssl.enabled", Boolean.class, true);
	}

	private String property(String name, String defaultValue) {
		String value = this.environment.getProperty(name);
		return StringUtils.hasText(value) ? value : defaultValue;
	}

	private static String path(String path) {
		String trimmed = StringUtils.trimTrailingCharacter(path, '/');
		return (trimmed.isEmpty() || trimmed.startsWith("/")) ? trimmed : "/" + trimmed;
	}

	private static String hostName() {
		try {
			return InetAddress.getLocalHost().getHostName();
		}
		catch (UnknownHostException ex) {
			String host = System.getenv("HOSTNAME");
			return StringUtils.hasText(host) ? host : "localhost";
		}
	}

	private static String hostAddress() {
		try {
			String address = InetAddress.getLocalHost().getHostAddress();
			int scope = address.indexOf('%');
			return (scope < 0) ? address : address.substring(0, scope);
		}
		catch (UnknownHostException ex) {
			return InetAddress.getLoopbackAddress().getHostAddress();
		}
	}

}
