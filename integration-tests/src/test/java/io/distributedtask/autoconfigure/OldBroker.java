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

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.ResponseHeader;

/**
 * Enough of a broker to be found, and to say that it knows JoinGroup only as it was long
 * ago, or not at all. Real brokers of that age cannot be had any more.
 */
final class OldBroker implements AutoCloseable {

	private final Map<ApiKeys, Integer> latestVersions = new EnumMap<>(Map.of(ApiKeys.API_VERSIONS, 2, ApiKeys.METADATA,
			5, ApiKeys.FIND_COORDINATOR, 1, ApiKeys.SYNC_GROUP, 1, ApiKeys.HEARTBEAT, 1, ApiKeys.DESCRIBE_GROUPS, 1));

	private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

	private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

	/**
	 * Start.
	 * @param joinGroup the latest version of JoinGroup that it knows, negative for none
	 */
	OldBroker(int joinGroup) throws IOException {
		if (joinGroup >= 0) {
			this.latestVersions.put(ApiKeys.JOIN_GROUP, joinGroup);
		}
		daemon(this::accept);
	}

	int port() {
		return this.server.getLocalPort();
	}

	private void accept() {
		while (true) {
			try {
				Socket connection = this.server.accept();
				this.connections.add(connection);
				daemon(() -> serve(connection));
			}
			catch (IOException ex) {
				return;
			}
		}
	}

	private void serve(Socket connection) {
		try (connection) {
			DataInputStream in = new DataInputStream(connection.getInputStream());
			DataOutputStream out = new DataOutputStream(connection.getOutputStream());
			while (true) {
				byte[] request = in.readNBytes(in.readInt());
				ByteBuffer response = answer(RequestHeader.parse(ByteBuffer.wrap(request)));
				out.writeInt(response.remaining());
				out.write(response.array(), response.arrayOffset() + response.position(), response.remaining());
				out.flush();
			}
		}
		catch (IOException ex) {
			// the client has gone, or the test is over
		}
	}

	private ByteBuffer answer(RequestHeader request) {
		ApiMessage message = switch (request.apiKey()) {
			case API_VERSIONS -> apiVersions();
			case METADATA -> metadata();
			case FIND_COORDINATOR ->
				new FindCoordinatorResponseData().setNodeId(1).setHost("127.0.0.1").setPort(port());
			case DESCRIBE_GROUPS ->
				new DescribeGroupsResponseData().setGroups(List.of(new DescribedGroup().setGroupState("Dead")));
			default -> throw new IllegalStateException("No client should ask an old broker for " + request.apiKey());
		};
		// asked in a version that it does not know, a broker answers in the first one
		boolean unknown = request.apiVersion() > this.latestVersions.getOrDefault(request.apiKey(), 0);
		short version = unknown ? 0 : request.apiVersion();
		ByteBuffer header = MessageUtil
			.toByteBufferAccessor(
					new ResponseHeader(request.correlationId(), request.apiKey().responseHeaderVersion(version)).data(),
					request.apiKey().responseHeaderVersion(version))
			.buffer();
		ByteBuffer body = MessageUtil.toByteBufferAccessor(message, version).buffer();
		return ByteBuffer.allocate(header.remaining() + body.remaining()).put(header).put(body).flip();
	}

	private ApiVersionsResponseData apiVersions() {
		ApiVersionsResponseData.ApiVersionCollection keys = new ApiVersionsResponseData.ApiVersionCollection();
		this.latestVersions.forEach((key,
				version) -> keys.add(new ApiVersionsResponseData.ApiVersion().setApiKey(key.id)
					.setMinVersion((short) 0)
					.setMaxVersion(version.shortValue())));
		return new ApiVersionsResponseData().setApiKeys(keys);
	}

	private MetadataResponseData metadata() {
		MetadataResponseData.MetadataResponseBrokerCollection brokers = new MetadataResponseData.MetadataResponseBrokerCollection();
		brokers
			.add(new MetadataResponseData.MetadataResponseBroker().setNodeId(1).setHost("127.0.0.1").setPort(port()));
		return new MetadataResponseData().setBrokers(brokers).setClusterId("old").setControllerId(1);
	}

	private static void daemon(Runnable work) {
		Thread thread = new Thread(work, "old-broker");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() throws IOException {
		this.server.close();
		for (Socket connection : List.copyOf(this.connections)) {
			connection.close();
		}
	}

}
