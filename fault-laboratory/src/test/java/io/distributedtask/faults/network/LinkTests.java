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
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link Link}.
 */
@Timeout(60)
class LinkTests {

	private final LinkLoop loop = LinkLoop.start();

	private final List<AutoCloseable> open = new ArrayList<>();

	private ServerSocketChannel brokerChannel;

	private Link link;

	@BeforeEach
	void openLink() throws IOException {
		this.brokerChannel = keep(ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0)));
		this.link = this.loop.open(0, this.brokerChannel.socket().getLocalPort());
	}

	@AfterEach
	void closeAll() throws Exception {
		for (AutoCloseable closeable : this.open) {
			closeable.close();
		}
		this.loop.close();
	}

	@Test
	void everythingFlowsBothWaysInOrder() throws Exception {
		Socket client = connect();
		Socket accepted = accept();
		byte[] there = randomBytes(3_000_000, 1);
		byte[] back = randomBytes(2_000_000, 2);
		CompletableFuture<Void> sentThere = send(client, there);
		CompletableFuture<Void> sentBack = send(accepted, back);
		CompletableFuture<byte[]> arrivedThere = receive(accepted, there.length);
		assertThat(client.getInputStream().readNBytes(back.length)).isEqualTo(back);
		assertThat(arrivedThere.join()).isEqualTo(there);
		CompletableFuture.allOf(sentThere, sentBack).join();
	}

	@Test
	void anEndThatClosesClosesTheOther() throws Exception {
		Socket client = connect();
		Socket accepted = accept();
		client.getOutputStream().write(new byte[] { 1, 2, 3 });
		client.close();
		assertThat(accepted.getInputStream().readAllBytes()).containsExactly(1, 2, 3);
		accepted.close();
		awaitConnections(0);
	}

	@Test
	void aCutResetsBothEndsAndEveryNewConnectionUntilItIsHealed() throws Exception {
		Socket client = connect();
		Socket accepted = accept();
		this.link.cut();
		assertReset(client);
		assertReset(accepted);
		assertThat(this.link.connections()).isZero();
		assertReset(connect());
		this.link.heal();
		assertPasses(connect(), accept());
	}

	@Test
	void nothingFlowsThroughAStalledLinkUntilItIsHealed() throws Exception {
		Socket client = connect();
		Socket accepted = accept();
		assertPasses(client, accepted);
		this.link.stall();
		client.getOutputStream().write(new byte[] { 1, 2 });
		accepted.getOutputStream().write(new byte[] { 3 });
		assertNothingArrives(client);
		assertNothingArrives(accepted);
		client.getOutputStream().write(4);
		this.link.heal();
		assertThat(accepted.getInputStream().readNBytes(3)).containsExactly(1, 2, 4);
		assertThat(client.getInputStream().read()).isEqualTo(3);
	}

	@Test
	void aConnectionToAStalledLinkIsOpenAndServedLater() throws Exception {
		this.link.stall();
		Socket client = connect();
		client.getOutputStream().write(7);
		Socket accepted = accept();
		assertNothingArrives(accepted);
		this.link.heal();
		assertThat(accepted.getInputStream().read()).isEqualTo(7);
	}

	@Test
	void aStalledLinkDoesNotTellThatAnEndIsGone() throws Exception {
		Socket client = connect();
		Socket accepted = accept();
		this.link.stall();
		client.setSoLinger(true, 0);
		client.close();
		turn();
		assertThat(this.link.connections()).isOne();
		this.link.heal();
		assertReset(accepted);
		awaitConnections(0);
	}

	@Test
	void oneDirectionStopsAndTheOtherFlows() throws Exception {
		Socket client = connect();
		Socket accepted = accept();
		this.link.stopToBroker();
		client.getOutputStream().write(1);
		assertNothingArrives(accepted);
		accepted.getOutputStream().write(2);
		assertThat(client.getInputStream().read()).isEqualTo(2);
		this.link.stopFromBroker();
		assertThat(accepted.getInputStream().read()).isEqualTo(1);
		accepted.getOutputStream().write(3);
		assertNothingArrives(client);
		client.getOutputStream().write(4);
		assertThat(accepted.getInputStream().read()).isEqualTo(4);
		this.link.heal();
		assertThat(client.getInputStream().read()).isEqualTo(3);
	}

	@Test
	void theDeathOfAClientTravelsTheWayThatIsStopped() throws Exception {
		Socket client = connect();
		Socket accepted = accept();
		this.link.stopToBroker();
		client.setSoLinger(true, 0);
		client.close();
		accepted.getOutputStream().write(new byte[1000]);
		turn();
		assertThat(this.link.connections()).isOne();
		this.link.heal();
		assertReset(accepted);
		awaitConnections(0);
	}

	@Test
	void aSlowLinkDelaysAndKeepsTheOrder() throws Exception {
		Socket client = connect();
		Socket accepted = accept();
		this.link.slow(Duration.ofMillis(200), 42);
		byte[] bytes = randomBytes(500_000, 3);
		long start = System.nanoTime();
		CompletableFuture<Void> sent = send(client, bytes);
		assertThat(accepted.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
		sent.join();
	}

	@Test
	void whatIsLateArrivesWhenTheLinkIsHealed() throws Exception {
		Socket client = connect();
		Socket accepted = accept();
		this.link.slow(Duration.ofDays(1), 42);
		client.getOutputStream().write(1);
		assertNothingArrives(accepted);
		this.link.heal();
		assertThat(accepted.getInputStream().read()).isEqualTo(1);
	}

	@Test
	void aBrokerThatIsNotThereResetsTheClient() throws Exception {
		this.brokerChannel.close();
		assertReset(connect());
		awaitConnections(0);
	}

	@Test
	void aStalledLinkDoesNotTellThatABrokerIsNotThere() throws Exception {
		this.brokerChannel.close();
		this.link.stall();
		Socket client = connect();
		assertNothingArrives(client);
		assertThat(this.link.connections()).isOne();
		this.link.heal();
		assertReset(client);
	}

	@Test
	void aClientThatDoesNotReadHoldsUpItsBrokerAndNobodyElse() throws Exception {
		Socket client = connect();
		SocketChannel accepted = keep(this.brokerChannel.accept());
		accepted.configureBlocking(false);
		// the kernel's and the link's buffers fill up, and then nothing is taken any more
		await().pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(100))
			.until(() -> accepted.write(ByteBuffer.allocate(1_000_000)), (written) -> written == 0);
		assertPasses(connect(), accept());
		client.setSoLinger(true, 0);
		client.close();
		awaitConnections(1);
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> accepted.write(ByteBuffer.allocate(1_000_000)));
	}

	private void assertReset(Socket socket) {
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> {
			InputStream in = socket.getInputStream();
			assertThat(in.read()).isNegative();
		}).withMessageContaining("reset");
	}

	private void assertNothingArrives(Socket socket) throws IOException {
		turn();
		assertThat(socket.getInputStream().available()).isZero();
	}

	private void assertPasses(Socket client, Socket accepted) throws IOException {
		client.getOutputStream().write(42);
		assertThat(accepted.getInputStream().read()).isEqualTo(42);
		accepted.getOutputStream().write(43);
		assertThat(client.getInputStream().read()).isEqualTo(43);
	}

	/**
	 * Let the loop look at everything that has arrived, and move it on.
	 */
	private void turn() {
		for (int i = 0; i < 20; i++) {
			this.link.connections();
		}
	}

	private void awaitConnections(int count) {
		await().until(() -> this.link.connections() == count);
	}

	private Socket connect() throws IOException {
		return keep(new Socket("127.0.0.1", this.link.port()));
	}

	private Socket accept() throws IOException {
		return keep(this.brokerChannel.accept().socket());
	}

	private <T extends AutoCloseable> T keep(T closeable) {
		this.open.add(closeable);
		return closeable;
	}

	private CompletableFuture<Void> send(Socket socket, byte[] bytes) {
		return CompletableFuture.runAsync(() -> {
			try {
				socket.getOutputStream().write(bytes);
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	private CompletableFuture<byte[]> receive(Socket socket, int count) {
		return CompletableFuture.supplyAsync(() -> {
			try {
				return socket.getInputStream().readNBytes(count);
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	private static byte[] randomBytes(int count, long seed) {
		byte[] bytes = new byte[count];
		new Random(seed).nextBytes(bytes);
		return bytes;
	}

}
