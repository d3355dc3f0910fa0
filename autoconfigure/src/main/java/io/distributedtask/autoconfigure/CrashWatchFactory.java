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

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

import io.distributedtask.internal.annotation.TaskConfigurationException;
import io.distributedtask.internal.port.CrashWatch;
import io.distributedtask.internal.watch.SocketCrashWatch;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;

/**
 * Makes the crash watch of an instance, if it is on.
 */
final class CrashWatchFactory {

	private final DistributedTaskProperties.Watch properties;

	private final String groupId;

	private final InstanceAddress address;

	private final SocketCrashWatch.@Nullable SslEngines engines;

	/**
	 * Create a factory.
	 * @param properties the properties of the watch
	 * @param groupId the group
	 * @param address where others reach this instance
	 * @param sslBundles the SSL bundles, {@code null} if there are none
	 * @throws org.springframework.boot.ssl.NoSuchSslBundleException if there is no such
	 * bundle
	 * @throws TaskConfigurationException if there are no bundles at all
	 */
	CrashWatchFactory(DistributedTaskProperties.Watch properties, String groupId, InstanceAddress address,
			@Nullable SslBundles sslBundles) {
		this.properties = properties;
		this.groupId = groupId;
		this.address = address;
		String bundle = properties.sslBundle();
		if (!properties.enabled() || bundle == null) {
			this.engines = null;
			return;
		}
		if (sslBundles == null) {
			throw TaskConfigurationException.ofProperty("distributed-task.watch.ssl-bundle", bundle,
					"There are no SSL bundles, because Spring Boot's SslAutoConfiguration is excluded",
					"Stop excluding it, or remove the property to have connections without TLS.");
		}
		this.engines = engines(sslBundles, bundle);
	}

	private static SocketCrashWatch.SslEngines engines(SslBundles bundles, String name) {
		ReloadableTls tls = new ReloadableTls(Tls.of(bundles.getBundle(name)));
		bundles.addBundleUpdateHandler(name, tls::reload);
		return tls;
	}

	@Nullable CrashWatch create() {
		return this.properties.enabled()
				? new SocketCrashWatch(this.groupId, this::bindAddress, this.properties.port(), this.engines) : null;
	}

	private InetAddress bindAddress() {
		InetAddress configured = this.properties.bindAddress();
		return (configured != null) ? configured : this.address.reachable();
	}

	/**
	 * New connections use the bundle as it was loaded last.
	 */
	private static final class ReloadableTls implements SocketCrashWatch.SslEngines {

		private volatile Tls current;

		ReloadableTls(Tls current) {
			this.current = current;
		}

		void reload(SslBundle bundle) {
			this.current = Tls.of(bundle);
		}

		@Override
		public SSLEngine create(boolean isClient) {
			return this.current.engine(isClient);
		}

	}

	/**
	 * Both sides show a certificate that the other one trusts. Addresses are not compared
	 * with certificates: instances know each other by IP addresses.
	 */
	private record Tls(SSLContext context, SslOptions options) {

		static Tls of(SslBundle bundle) {
			return new Tls(bundle.createSslContext(), bundle.getOptions());
		}

		SSLEngine engine(boolean isClient) {
			SSLEngine engine = this.context.createSSLEngine();
			engine.setUseClientMode(isClient);
			if (!isClient) {
				engine.setNeedClientAuth(true);
			}
			if (this.options.getCiphers() != null) {
				engine.setEnabledCipherSuites(this.options.getCiphers());
			}
			if (this.options.getEnabledProtocols() != null) {
				engine.setEnabledProtocols(this.options.getEnabledProtocols());
			}
			return engine;
		}

	}

}
