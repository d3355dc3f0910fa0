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

import java.net.URI;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link InstanceAddress}.
 */
class InstanceAddressTests {

	@Test
	void nameHasPortOfWebServer() {
		assertThat(address("local.server.port=8081").name()).endsWith(":8081");
	}

	@Test
	void nameWithoutWebServerHasProcessIdAndDiffersFromOthers() {
		InstanceAddress address = address("");
		String name = address.name();
		assertThat(name).matches(".+-" + ProcessHandle.current().pid() + "-[0-9a-f]{4}");
		assertThat(address.name()).isEqualTo(name);
	}

	@Test
	void nameFollowsThePort() {
		MockEnvironment environment = new MockEnvironment();
		InstanceAddress address = address(environment, true);
		assertThat(address.actuatorUri()).isNull();
		environment.setProperty("local.server.port", "8082");
		environment.setProperty("server.address", "10.0.0.4");
		assertThat(address.name()).endsWith(":8082");
		assertThat(address.actuatorUri()).isEqualTo(URI.create("http://10.0.0.4:8082/actuator"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "none",
			textBlock = """
					''                                                        | none
					local.server.port=8080                                    | http://10.0.0.4:8080/actuator
					local.server.port=8080 path=/shop                         | http://10.0.0.4:8080/shop/actuator
					local.server.port=8080 path=/größe/a%b                    | http://10.0.0.4:8080/größe/a%25b/actuator
					local.server.port=8080 management.endpoints.web.base-path=/ | http://10.0.0.4:8080
					local.server.port=8080 server.ssl.bundle=web              | https://10.0.0.4:8080/actuator
					local.server.port=8080 server.ssl.bundle=web server.ssl.enabled=false | http://10.0.0.4:8080/actuator
					local.server.port=8080 management.server.port=-1          | none
					local.server.port=8080 local.management.port=8080         | http://10.0.0.4:8080/actuator
					local.server.port=8080 local.management.port=9090         | http://10.0.0.5:9090/actuator
					local.server.port=8080 management.server.port=9090        | http://10.0.0.5:9090/actuator
					local.server.port=8080 management.server.port=0           | none
					local.server.port=8080 path=/shop local.management.port=9090 management.server.base-path=/admin management.server.ssl.bundle=ops | https://10.0.0.5:9090/admin/actuator
					""")
	void actuatorUri(String properties, URI expected) {
		assertThat(address(properties + " server.address=10.0.0.4 management.server.address=10.0.0.5").actuatorUri())
			.isEqualTo(expected);
	}

	@Test
	void wildcardAddressIsNotShown() {
		for (String wildcard : List.of("server.address=0.0.0.0", "server.address=::", "")) {
			assertThat(address("local.server.port=8080 " + wildcard).actuatorUri())
				.isEqualTo(URI.create("http://10.0.0.9:8080/actuator"));
		}
	}

	@Test
	void noUriWithoutAnAddressThatOthersReach() {
		Host host = new Host(() -> "shop", () -> "shop", Optional::empty);
		host.await();
		MockEnvironment environment = new MockEnvironment().withProperty("local.server.port", "8080");
		InstanceAddress address = new InstanceAddress(null, null, environment, true, host, () -> "");
		assertThat(address.actuatorUri()).isNull();
		assertThat(address.name()).isEqualTo("shop:8080");
	}

	@Test
	void ipv6AddressIsWrittenInBrackets() {
		assertThat(address("local.server.port=8080 server.address=fd00::4").actuatorUri())
			.isEqualTo(URI.create("http://[fd00::4]:8080/actuator"));
	}

	@Test
	void noUriWithoutActuator() {
		MockEnvironment environment = new MockEnvironment().withProperty("local.server.port", "8080");
		assertThat(address(environment, false).actuatorUri()).isNull();
	}

	private static InstanceAddress address(MockEnvironment environment, boolean actuator) {
		InstanceAddress address = new InstanceAddress(null, null, environment, actuator,
				new Host(() -> "shop", () -> "shop", () -> Optional.of("10.0.0.9")),
				() -> environment.getProperty("path", ""));
		address.await();
		return address;
	}

	private static InstanceAddress address(String properties) {
		MockEnvironment environment = new MockEnvironment();
		for (String property : properties.strip().split(" +")) {
			if (!property.isEmpty()) {
				String[] pair = property.split("=", 2);
				environment.setProperty(pair[0], pair[1]);
			}
		}
		return address(environment, true);
	}

}
