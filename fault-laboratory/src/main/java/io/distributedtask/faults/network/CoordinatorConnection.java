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

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;

import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;
import org.apache.kafka.common.requests.FindCoordinatorResponse;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * A connection to the coordinator of a group, for requests that no client of Kafka would
 * send. One request at a time.
 */
public final class CoordinatorConnection implements AutoCloseable {

	private static final int CONNECT_MILLIS = 1000;

	private static final int FIND_MILLIS = 1000;

	private final Socket socket = new Socket();

	private final DataInputStream in;

	private final DataOutputStream out;

	private final String clientId;

	private int sent;

	private CoordinatorConnection(String host, int port, String clientId, int timeoutMillis) throws IOException {
		this.clientId = clientId;
		try {
			this.socket.setTcpNoDelay(true);
			this.socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
			this.socket.setSoTimeout(timeoutMillis);
			this.in = new DataInputStream(this.socket.getInputStream());
			this.out = new DataOutputStream(this.socket.getOutputStream());
		}
		catch (IOException ex) {
			this.socket.close();
			throw ex;
		}
	}

	/**
	 * Connect to the coordinator of a group.
	 * @param servers the brokers, as in {@code bootstrap.servers}
	 * @param groupId the group
	 * @param clientId the client id to show
	 * @param timeoutMillis how long to wait for an answer of the coordinator
	 * @return the connection
	 * @throws IOException if there is no coordinator at present
	 */
	public static CoordinatorConnection open(String servers, String groupId, String clientId, int timeoutMillis)
			throws IOException {
		Coordinator coordinator = find(servers, groupId, clientId);
		return new CoordinatorConnection(coordinator.host(), coordinator.port(), clientId, timeoutMillis);
	}

	/**
	 * Ask one broker after the other who coordinates a group.
	 * @param servers the brokers, as in {@code bootstrap.servers}
	 * @param groupId the group
	 * @param clientId the client id to show
	 * @return the coordinator
	 * @throws IOException if there is no coordinator at present
	 */
	public static Coordinator find(String servers, String groupId, String clientId) throws IOException {
		IOException failure = new IOException("There are no brokers in '%s'".formatted(servers));
		for (String server : servers.isEmpty() ? new String[0] : servers.split(",")) {
			String[] address = server.split(":");
			try {
				return find(address[0], Integer.parseInt(address[1]), groupId, clientId);
			}
			catch (IOException ex) {
				failure = ex;
			}
		}
		throw failure;
	}

	private static Coordinator find(String host, int port, String groupId, String clientId) throws IOException {
		FindCoordinatorRequestData request = new FindCoordinatorRequestData().setKeyType(CoordinatorType.GROUP.id())
			.setCoordinatorKeys(List.of(groupId));
		try (CoordinatorConnection any = new CoordinatorConnection(host, port, clientId, FIND_MILLIS)) {
			Coordinator coordinator = any
				.send(new FindCoordinatorRequest.Builder(request), FindCoordinatorResponse.class)
				.coordinatorByKey(groupId)
				.orElseThrow(() -> new IOException("No answer for group '%s'".formatted(groupId)));
			if (coordinator.errorCode() != Errors.NONE.code()) {
				throw new IOException("There is no coordinator of group '%s': %s".formatted(groupId,
						Errors.forCode(coordinator.errorCode())));
			}
			return coordinator;
		}
	}

	public <T extends AbstractResponse> T send(AbstractRequest.Builder<?> request, Class<T> response)
			throws IOException {
		short version = request.latestAllowedVersion();
		RequestHeader header = new RequestHeader(request.apiKey(), version, this.clientId, this.sent++);
		ByteBuffer bytes = request.build(version).serializeWithHeader(header);
		this.out.writeInt(bytes.remaining());
		this.out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
		this.out.flush();
		byte[] answer = new byte[this.in.readInt()];
		this.in.readFully(answer);
		return response.cast(AbstractResponse.parseResponse(ByteBuffer.wrap(answer), header));
	}

	@Override
	public void close() {
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			// it is of no use any more
		}
	}

}
