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
import java.util.function.Supplier;

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

	private final @Nullable String configuredName;

	private final @Nullable URI configuredUri;

	private final Environment environment;

	private final boolean actuator;

	private final Host host;

	private final Supplier<String> applicationPath;

	private final String suffix = "%04x".formatted(ThreadLocalRandom.current().nextInt(1 << 16));

	/**
	 * Create an address.
	 * @param configuredName the name that is configured, if there is one
	 * @param configuredUri the URI that is configured, if there is one
	 * @param environment knows the ports
	 * @param actuator whether there is an actuator to be reached
	 * @param host the machine
	 * @param applicationPath where endpoints are that share the application's port
	 */
	InstanceAddress(@Nullable String configuredName, @Nullable URI configuredUri, Environment environment,
			boolean actuator, Host host, Supplier<String> applicationPath) {
		this.configuredName = configuredName;
		this.configuredUri = configuredUri;
		this.environment = environment;
		this.actuator = actuator;
		this.host = host;
		this.applicationPath = applicationPath;
	}

	/**
	 * Wait until what the machine is called is known. Whoever must not be kept waiting
	 * asks for a name or URI only after that.
	 */
	void await() {
		if (this.configuredUri == null) {
			this.host.await();
		}
	}

	/**
	 * A name for this instance that no other one is likely to have: host name and port of
	 * the web server, or host name, process id and some random digits.
	 * @return the name
	 */
	String name() {
		if (this.configuredName != null) {
			return this.configuredName;
		}
		String host = this.host.name();
		host = host.substring(0, Math.min(host.length(), MAX_HOST_LENGTH));
		String port = property("local.server.port", "");
		return port.isEmpty() ? "%s-%d-%s".formatted(host, ProcessHandle.current().pid(), this.suffix)
				: host + ":" + port;
	}

	/**
	 * Where people reach this instance's actuator.
	 * @return the URI, or {@code null} when there is no web server, no actuator, or no
	 * address that others can reach
	 */
	@Nullable URI actuatorUri() {
		if (this.configuredUri != null || !this.actuator) {
			return this.configuredUri;
		}
		String endpoints = ApplicationPath.normalize(property("management.endpoints.web.base-path", "/actuator"));
		String managementPort = property("local.management.port", property("management.server.port", ""));
		String port = property("local.server.port", "");
		if (managementPort.startsWith("-")) {
			return null;
		}
		if (!managementPort.isEmpty() && !managementPort.equals(port)) {
			return uri("management.server", managementPort,
					ApplicationPath.normalize(property("management.server.base-path", "")) + endpoints);
		}
		return port.isEmpty() ? null : uri("server", port, this.applicationPath.get() + endpoints);
	}

	/**
	 * An IP address at which others are likely to reach this machine. May block until
	 * {@link #await()} would return.
	 * @return the address, that of the loopback interface if there is no other one
	 */
	InetAddress reachable() {
		this.host.await();
		String address = this.host.address();
		try {
			// digits, so nobody is asked
			return (address != null) ? InetAddress.getByName(address) : InetAddress.getLoopbackAddress();
		}
		catch (UnknownHostException ex) {
			return InetAddress.getLoopbackAddress();
		}
	}

	private @Nullable URI uri(String server, String port, String path) {
		String bound = property(server + ".address", "");
		String host = (bound.isEmpty() || WILDCARDS.contains(bound)) ? this.host.address() : bound;
		if (host == null) {
			return null;
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

}
