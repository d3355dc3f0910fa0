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

import io.distributedtask.internal.annotation.TaskConfigurationException;
import io.distributedtask.internal.port.CrashWatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link CrashWatchFactory}.
 */
class CrashWatchFactoryTests {

	private static CrashWatchFactory factory(boolean enabled, @Nullable String bundle, @Nullable SslBundles bundles) {
		return new CrashWatchFactory(
				new DistributedTaskProperties.Watch(enabled, 0, InetAddress.getLoopbackAddress(), bundle), "group",
				mock(InstanceAddress.class), bundles);
	}

	@Test
	void switchedOffNothingIsMade() {
		assertThat(factory(false, null, null).create()).isNull();
		assertThat(factory(false, "missing", new DefaultSslBundleRegistry()).create()).isNull();
	}

	@Test
	void switchedOnItListensWhenItIsOpenedAndNotBefore() {
		try (CrashWatch watch = factory(true, null, null).create()) {
			assertThat(watch).isNotNull();
			assertThat(watch.status().address()).isNull();
			assertThat(watch.open("id", mock(CrashWatch.Listener.class))).startsWith("127.0.0.1:");
		}
	}

	@Test
	void aBundleThatDoesNotExistFails() {
		assertThatExceptionOfType(NoSuchSslBundleException.class)
			.isThrownBy(() -> factory(true, "missing", new DefaultSslBundleRegistry()));
	}

	@Test
	void withoutAnyBundlesThereAreNoConnectionsWithoutTlsInstead() {
		assertThatExceptionOfType(TaskConfigurationException.class).isThrownBy(() -> factory(true, "watch", null))
			.withMessageContaining("distributed-task.watch.ssl-bundle")
			.satisfies((ex) -> assertThat(ex.action()).contains("without TLS"));
	}

}
