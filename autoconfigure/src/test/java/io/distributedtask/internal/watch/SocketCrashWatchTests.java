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

package io.distributedtask.internal.watch;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Watches that watch each other by real connections, and what may be in between.
 */
@ExtendWith(OutputCaptureExtension.class)
class SocketCrashWatchTests {

	private final List<AutoCloseable> resources = new ArrayList<>();

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable resource : this.resources) {
			resource.close();
		}
	}

	private <T extends AutoCloseable> T closed(T resource) {
		this.resources.add(resource);
		return resource;
	}

	private TestProcess process(String name) {
		return closed(new TestProcess(name));
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(5));
	}

	@Test
	void theEndOfAProcessIsNoticedOnce() {
		TestProcess a = process("a");
		TestProcess b = process("b");
		a.watch(b.watched());
		await().until(a::isConnected);
		assertThat(b.socket().status().watchers()).isEqualTo(1);
		b.close();
		await().untilAsserted(() -> assertThat(a.ended()).containsExactly("b"));
		assertThat(a.problem()).contains("has ended");
		await().untilAsserted(() -> assertThat(a.isConnected()).isFalse());
	}

	@Test
	void anotherProcessAtTheSameAddressProvesTheEndOfTheFormer() throws IOException {
		TestProcess a = process("a");
		try (Impostor b = new Impostor("id-of-b")) {
			a.watch(process("b").at(b.address()));
			await().until(a::isConnected);
			b.setIncarnation("id-of-the-next-one");
			b.closeConnections();
			await().untilAsserted(() -> assertThat(a.ended()).containsExactly("b"));
		}
	}

	@Test
	void whoMeetsAnotherProcessFromTheBeginningLearnsNothing() throws IOException {
		TestProcess a = process("a");
		try (Impostor b = new Impostor("id-of-the-next-one")) {
			a.watch(process("b").at(b.address()));
			await().until(() -> a.problem() != null && a.problem().contains("another instance"));
			assertThat(a.ended()).isEmpty();
		}
	}

	@Test
	void whoWasNeverConnectedHasNotEnded() throws IOException {
		TestProcess a = process("a");
		int free;
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			free = socket.getLocalPort();
		}
		TestProcess b = process("b");
		a.watch(b.at("127.0.0.1:" + free));
		await().until(() -> a.problem() != null && a.problem().contains("cannot be connected"));
		assertThat(a.ended()).isEmpty();
	}

	@Test
	void aConnectionThatIsResetProvesNothingAlthoughThePortIsClosed() throws Exception {
		TestProcess a = process("a");
		try (Impostor b = new Impostor("id-of-b")) {
			TestProcess names = process("b");
			a.watch(names.at(b.address()));
			await().until(a::isConnected);
			b.stopListening();
			b.reset();
			await().until(() -> !a.isConnected() && a.problem() != null && a.problem().contains("proves nothing"));
			assertThat(a.ended()).isEmpty();
		}
	}

	@Test
	void aConnectionThatIsClosedProvesNothingWhileTheProcessListens() throws IOException {
		TestProcess a = process("a");
		try (Impostor b = new Impostor("id-of-b")) {
			a.watch(process("b").at(b.address()));
			await().until(a::isConnected);
			int before = b.connections();
			b.closeConnections();
			await().until(() -> b.connections() > before && a.isConnected());
			assertThat(a.ended()).isEmpty();
		}
	}

	@Test
	void whatAnswersNothingProvesNothing() throws IOException {
		TestProcess a = process("a");
		try (Impostor b = new Impostor("id-of-b")) {
			a.watch(process("b").at(b.address()));
			await().until(a::isConnected);
			b.setSilent(true);
			b.closeConnections();
			await().until(() -> a.problem() != null && a.problem().contains("does not answer"));
			assertThat(a.ended()).isEmpty();
			b.setSilent(false);
			await().until(a::isConnected);
			assertThat(a.ended()).isEmpty();
		}
	}

	@Test
	void aProxyInBetweenIsNamedAndProvesNothing(CapturedOutput output) throws IOException {
		TestProcess a = process("a");
		TestProcess b = process("b");
		try (Relay relay = new Relay(b.port())) {
			a.watch(b.at("127.0.0.1:" + relay.port()));
			await().until(() -> a.problem() != null && a.problem().contains("a proxy, a service mesh"));
			assertThat(output).containsOnlyOnce("Instance 'b' cannot be watched: there is a proxy");
		}
		await().until(() -> a.problem() != null && a.problem().contains("cannot be connected"));
		assertThat(a.ended()).isEmpty();
	}

	@Test
	void nudgesReachThoseThatWatch() {
		TestProcess a = process("a");
		TestProcess b = process("b");
		TestProcess c = process("c");
		a.watch(b.watched());
		b.watch(c.watched());
		c.watch(b.watched());
		await().until(() -> a.isConnected() && b.isConnected() && c.isConnected());
		b.socket().nudge();
		await().until(() -> a.nudges() == 1 && c.nudges() == 1);
		c.socket().nudge();
		await().until(() -> b.nudges() == 1);
		assertThat(a.nudges()).isEqualTo(1);
	}

	@Test
	void whoSendsSomethingAfterTheChallengeIsSentAway() throws IOException {
		TestProcess b = process("b");
		try (Socket stranger = new Socket(InetAddress.getLoopbackAddress(), b.port())) {
			stranger.getOutputStream().write(Greeting.challenge(4711).array());
			assertThat(stranger.getInputStream().read()).as("the beginning of the greeting").isNotEqualTo(-1);
			stranger.getOutputStream().write('N');
			readAll(stranger);
			assertThat(b.nudges()).isZero();
		}
	}

	@Test
	void strangersAreGivenNothingAndEndNothing() throws IOException {
		TestProcess a = process("a");
		TestProcess b = process("b");
		a.watch(b.watched());
		await().until(a::isConnected);
		Random random = new Random(4711);
		for (int i = 0; i < 40; i++) {
			try (Socket stranger = new Socket(InetAddress.getLoopbackAddress(), b.port())) {
				byte[] noise = new byte[12 + random.nextInt(4000)];
				random.nextBytes(noise);
				stranger.getOutputStream()
					.write((i % 2 == 0) ? noise
							: "GET / HTTP/1.1\r\nHost: b\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
				stranger.setSoTimeout(10_000);
				assertThat(readAll(stranger)).as("answer to a stranger").isZero();
			}
		}
		assertThat(a.isConnected()).isTrue();
		assertThat(b.socket().status().watchers()).isEqualTo(1);
		assertThat(a.ended()).isEmpty();
		assertThat(b.nudges()).isZero();
	}

	private static int readAll(Socket socket) {
		try (InputStream in = socket.getInputStream()) {
			return in.readAllBytes().length;
		}
		catch (IOException ex) {
			return 0;
		}
	}

	@Test
	void whoOnlyConnectsIsSentAwayAndDoesNotKeepWatchersOut() throws IOException {
		TestProcess b = process("b");
		List<Socket> idle = new ArrayList<>();
		try {
			for (int i = 0; i < 70; i++) {
				idle.add(new Socket(InetAddress.getLoopbackAddress(), b.port()));
			}
			TestProcess a = process("a");
			a.watch(b.watched());
			await().until(a::isConnected);
		}
		finally {
			for (Socket socket : idle) {
				socket.close();
			}
		}
	}

	@Test
	void aListenerThatOtherCodeClosesIsOpenedAgainAndProvesNothing() throws Exception {
		TestProcess a = process("a");
		TestProcess b = process("b");
		TestProcess c = process("c");
		a.watch(b.watched());
		await().until(a::isConnected);
		listener(b).close();
		c.watch(b.watched());
		// wakes up the thread of b
		b.socket().nudge();
		await().until(() -> b.closings() == 1);
		assertThat(b.socket().status().problem()).contains("closed by other code");
		String again = b.open();
		assertThat(again).isNotEqualTo(b.address());
		c.watch(b.at(again));
		await().until(() -> c.isConnected() && a.isConnected());
		assertThat(a.ended()).isEmpty();
		assertThat(c.ended()).isEmpty();
	}

	@Test
	void aListenerOfAFixedPortThatOtherCodeClosesIsOpenedAgain() throws Exception {
		TestProcess former = process("former");
		former.close();
		TestProcess a = process("a");
		await().until(() -> isFree(former.port()));
		TestProcess b = closed(new TestProcess("b", former.port(), null));
		// the thread of b has registered the listener
		a.watch(b.watched());
		await().until(a::isConnected);
		listener(b).close();
		// null as long as that thread has not noticed, since the port is free only then
		await().until(() -> b.address().equals(b.socket().open("id-of-b", b)));
		await().until(() -> b.closings() == 1);
		TestProcess c = process("c");
		c.watch(b.watched());
		await().until(c::isConnected);
		assertThat(b.socket().status().problem()).isNull();
	}

	private static boolean isFree(int port) {
		try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
			return socket.isBound();
		}
		catch (IOException ex) {
			return false;
		}
	}

	@Test
	void whatAnInstanceDoesWithANudgeEndsNoConnection() {
		TestProcess a = process("a");
		TestProcess b = process("b");
		a.setFailing(true);
		a.watch(b.watched());
		await().until(a::isConnected);
		b.socket().nudge();
		await().until(() -> a.nudges() == 1);
		b.socket().nudge();
		await().until(() -> a.nudges() == 2);
		assertThat(a.isConnected()).isTrue();
	}

	private static ServerSocketChannel listener(TestProcess process) throws ReflectiveOperationException {
		Field reception = SocketCrashWatch.class.getDeclaredField("reception");
		reception.setAccessible(true);
		Field server = Reception.class.getDeclaredField("server");
		server.setAccessible(true);
		return (ServerSocketChannel) server.get(reception.get(process.socket()));
	}

	@Test
	void aPortInUseIsNamed() throws IOException {
		try (ServerSocket taken = new ServerSocket()) {
			taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
			try (SocketCrashWatch watch = new SocketCrashWatch("g", InetAddress::getLoopbackAddress,
					taken.getLocalPort(), null)) {
				TestProcess listener = process("listener");
				assertThat(watch.open("id", listener)).isNull();
				assertThat(watch.status().problem()).contains("watch.port")
					.contains(String.valueOf(taken.getLocalPort()));
				taken.close();
				assertThat(watch.open("id", listener)).isNotNull();
				await().until(() -> watch.status().problem() == null);
			}
		}
	}

}
