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
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import io.distributedtask.autoconfigure.Host.Candidate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Host}.
 */
class HostTests {

	@Test
	void knownNameNeedsNoLookup() {
		Host host = new Host(() -> "shop", () -> {
			throw new AssertionError("asked");
		}, () -> Optional.of("10.0.0.4"));
		host.await();
		assertThat(host.name()).isEqualTo("shop");
		assertThat(host.address()).isEqualTo("10.0.0.4");
	}

	@Test
	@Timeout(60)
	void aNameServiceThatDoesNotAnswerIsNotWaitedFor() throws Exception {
		CountDownLatch never = new CountDownLatch(1);
		Host host = new Host(() -> null, () -> {
			never.await();
			return "late";
		}, () -> {
			never.await();
			return Optional.of("10.0.0.4");
		});
		assertThat(host.address()).as("does not wait at all").isNull();
		host.await();
		assertThat(host.name()).isEqualTo("localhost");
		never.countDown();
		assertThat(host.name()).as("does not change any more").isEqualTo("localhost");
		assertThat(Host.PATIENCE).isLessThanOrEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void aNameThatDoesNotResolveIsNoFailure() {
		Host host = new Host(() -> null, () -> {
			throw new UnknownHostException("shop: Name or service not known");
		}, () -> {
			throw new IllegalStateException("no interfaces");
		});
		host.await();
		assertThat(host.name()).isEqualTo("localhost");
		assertThat(host.address()).isNull();
	}

	@Test
	void choosesAnAddressThatOthersReach() throws Exception {
		assertThat(choose("127.0.0.1/0/1", "127.0.1.1/0/1", "169.254.7.7/0/2", "fe80::1/0/2", "::1/0/1", "0.0.0.0/0/3"))
			.isEmpty();
		assertThat(choose("127.0.1.1/0/1", "10.0.0.4/0/2")).hasValue("10.0.0.4");
		assertThat(choose("172.17.0.1/1/2", "192.168.1.5/0/3")).as("docker's bridge is not").hasValue("192.168.1.5");
		assertThat(choose("172.17.0.1/1/2")).hasValue("172.17.0.1");
		assertThat(choose("8.8.8.8/0/2", "10.0.0.4/0/3")).as("site-local first").hasValue("10.0.0.4");
		assertThat(choose("8.8.8.8/0/2", "2001:db8::1/0/1")).hasValue("8.8.8.8");
		assertThat(choose("10.0.0.5/0/3", "10.0.0.4/0/2")).as("first interface").hasValue("10.0.0.4");
		assertThat(choose("fe80::1/0/2", "fd00::4/0/2")).hasValue("fd00:0:0:0:0:0:0:4");
	}

	@Test
	void isThisMachine() throws Exception {
		Host host = new Host();
		host.await();
		assertThat(host.name()).isNotBlank().doesNotContain("\n");
		String address = host.address();
		if (address != null) {
			assertThat(NetworkInterface.getByInetAddress(InetAddress.getByName(address))).isNotNull();
			assertThat(InetAddress.getByName(address).isLoopbackAddress()).isFalse();
		}
	}

	private static Optional<String> choose(String... candidates) throws UnknownHostException {
		Stream.Builder<Candidate> stream = Stream.builder();
		for (String candidate : candidates) {
			String[] parts = candidate.split("/");
			stream.add(new Candidate(InetAddress.getByName(parts[0]), Integer.parseInt(parts[1]),
					Integer.parseInt(parts[2])));
		}
		return Host.choose(stream.build());
	}

}
