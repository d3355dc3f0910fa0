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

package io.distributedtask.faults.network;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for {@link Firewall}, where there is one: what processes see of it.
 */
class FirewallTests {

	private static final int SILENCE_MILLIS = 300;

	private final InetAddress loopback = InetAddress.getLoopbackAddress();

	private final Firewall firewall = Firewall.open();

	private ServerSocket server;

	private Socket client;

	private Socket accepted;

	@BeforeEach
	void connect() throws IOException {
		assumeThat(this.firewall.missing()).as("what the machine lacks").isNull();
		this.server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
		this.client = new Socket(this.loopback, port());
		this.accepted = this.server.accept();
	}

	@AfterEach
	void close() throws IOException {
		this.firewall.close();
		if (this.server != null) {
			this.client.close();
			this.accepted.close();
			this.server.close();
		}
	}

	private int port() {
		return this.server.getLocalPort();
	}

	@Test
	void whatIsCutHasNotEndedInOrder() {
		this.firewall.cut(port());
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> this.client.getInputStream().read());
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> this.accepted.getInputStream().read());
	}

	@Test
	void oneWayIsDroppedAndTheOtherIsNot() throws IOException {
		this.firewall.drop(port(), true, false);
		this.accepted.getOutputStream().write(1);
		assertThat(this.client.getInputStream().read()).isEqualTo(1);
		this.client.getOutputStream().write(2);
		this.accepted.setSoTimeout(SILENCE_MILLIS);
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> this.accepted.getInputStream().read());
		this.firewall.heal(port());
		this.accepted.setSoTimeout(0);
		assertThat(this.accepted.getInputStream().read()).isEqualTo(2);
	}

	@Test
	void whatIsRejectedIsResetAndRefused() throws IOException {
		this.firewall.reject(port());
		this.client.getOutputStream().write(1);
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> this.client.getInputStream().read());
		assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new Socket(this.loopback, port()))
			.withMessageContaining("refused");
		this.firewall.heal(port());
		new Socket(this.loopback, port()).close();
	}

	@Test
	void whatIsRedirectedIsAnsweredByAnother() throws IOException {
		try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
			this.firewall.redirect(port(), other.getLocalPort());
			try (Socket redirected = new Socket(this.loopback, port()); Socket there = other.accept()) {
				assertThat(redirected.getPort()).isEqualTo(port());
				assertThat(there.getPort()).isEqualTo(redirected.getLocalPort());
			}
		}
	}

	@Test
	void nothingIsLeftBehind() throws IOException, InterruptedException {
		this.firewall.reject(port());
		this.firewall.redirect(port(), 1);
		assertThat(rules()).contains("DT-LAB-IN-" + ProcessHandle.current().pid(), "--dport " + port());
		this.firewall.close();
		assertThat(rules()).doesNotContain("-" + ProcessHandle.current().pid(), "port " + port());
	}

	private static String rules() throws IOException, InterruptedException {
		Process process = new ProcessBuilder("sh", "-c", "iptables -w -S; iptables -w -t nat -S").start();
		String rules = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).isZero();
		return rules;
	}

}
