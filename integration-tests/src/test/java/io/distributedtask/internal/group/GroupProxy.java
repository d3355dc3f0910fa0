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

package io.distributedtask.internal.group;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.DescribeGroupsRequest;
import org.apache.kafka.common.requests.FindCoordinatorResponse;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.RequestUtils;
import org.apache.kafka.common.requests.ResponseHeader;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.jspecify.annotations.Nullable;

/**
 * Stands between members and one broker, understands what they say, and spoils it: gives
 * an answer of its own in place of the broker's, loses an answer with its connection,
 * lets nothing through, rewrites what a member says. Members never get to know another
 * address than this one.
 */
final class GroupProxy implements AutoCloseable {

	private static final Set<ApiKeys> UNDERSTOOD = Set.of(ApiKeys.METADATA, ApiKeys.FIND_COORDINATOR,
			ApiKeys.JOIN_GROUP, ApiKeys.SYNC_GROUP, ApiKeys.HEARTBEAT, ApiKeys.LEAVE_GROUP, ApiKeys.DESCRIBE_GROUPS);

	private final int brokerPort;

	private final ServerSocket server;

	private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

	private final Object gate = new Object();

	private boolean stalledToBroker;

	private boolean stalledFromBroker;

	private volatile boolean refusing;

	private volatile boolean closed;

	private volatile @Nullable SpoiledAnswer spoiled;

	private final Map<ApiKeys, AtomicInteger> requests = new ConcurrentHashMap<>();

	private volatile UnaryOperator<byte[]> words = (bytes) -> bytes;

	/**
	 * Start to listen.
	 * @param brokerAddress the address of the only broker, such as {@code 127.0.0.1:9092}
	 */
	GroupProxy(String brokerAddress) {
		this.brokerPort = Integer.parseInt(brokerAddress.substring(brokerAddress.indexOf(':') + 1));
		try {
			this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		daemon("accept", this::accept);
	}

	String address() {
		return "127.0.0.1:" + this.server.getLocalPort();
	}

	/**
	 * Spoil answers from now on, in place of what was to be spoiled before.
	 * @param spoiled what to spoil and how
	 * @return the same
	 */
	SpoiledAnswer spoil(SpoiledAnswer spoiled) {
		this.spoiled = spoiled;
		return spoiled;
	}

	/**
	 * How many requests of a kind members have sent, of those that are understood.
	 */
	int requests(ApiKeys kind) {
		return this.requests.computeIfAbsent(kind, (key) -> new AtomicInteger()).get();
	}

	/**
	 * Rewrite what members tell others from now on: their words in JoinGroup, the
	 * leader's in SyncGroup.
	 */
	void rewrite(UnaryOperator<byte[]> words) {
		this.words = words;
	}

	/**
	 * Connections stay open, and nothing flows.
	 */
	void stall(boolean toBroker, boolean fromBroker) {
		synchronized (this.gate) {
			this.stalledToBroker = toBroker;
			this.stalledFromBroker = fromBroker;
			this.gate.notifyAll();
		}
	}

	/**
	 * Break all connections, and every one that is opened later.
	 */
	void cut() {
		this.refusing = true;
		reset();
	}

	/**
	 * Break all connections; new ones may be opened.
	 */
	void reset() {
		this.connections.forEach(Connection::close);
	}

	/**
	 * From now on everything is as if the members spoke to the broker itself.
	 */
	void heal() {
		this.spoiled = null;
		this.refusing = false;
		stall(false, false);
	}

	@Override
	public void close() {
		this.closed = true;
		try {
			this.server.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		heal();
		reset();
	}

	private void accept() {
		while (!this.closed) {
			try {
				Socket client = this.server.accept();
				if (this.refusing) {
					client.close();
				}
				else {
					new Connection(client).start();
				}
			}
			catch (IOException ex) {
				// closed, or the broker is not there: the client sees the same
			}
		}
	}

	private void pass(boolean toBroker) {
		synchronized (this.gate) {
			while (toBroker ? this.stalledToBroker : this.stalledFromBroker) {
				try {
					this.gate.wait();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
					return;
				}
			}
		}
	}

	private byte[] rewritten(byte[] frame, RequestHeader header, ByteBuffer body) {
		if (header.apiKey() != ApiKeys.JOIN_GROUP && header.apiKey() != ApiKeys.SYNC_GROUP) {
			return frame;
		}
		AbstractRequest request = AbstractRequest.parseRequest(header.apiKey(), header.apiVersion(),
				new ByteBufferAccessor(body)).request;
		if (request instanceof JoinGroupRequest join) {
			for (JoinGroupRequestProtocol protocol : join.data().protocols()) {
				protocol.setMetadata(this.words.apply(protocol.metadata()));
			}
		}
		else if (request instanceof SyncGroupRequest sync) {
			sync.data()
				.assignments()
				.forEach((assignment) -> assignment.setAssignment(this.words.apply(assignment.assignment())));
		}
		return bytes(request.serializeWithHeader(header));
	}

	/**
	 * The answer to pass on.
	 * @return the bytes, or {@code null} to lose it
	 */
	private byte @Nullable [] answer(byte[] frame, RequestHeader header, @Nullable AbstractResponse inPlace) {
		if (inPlace != null) {
			return bytes(inPlace, header);
		}
		AbstractResponse response = AbstractResponse.parseResponse(ByteBuffer.wrap(frame), header);
		if (response instanceof MetadataResponse metadata) {
			metadata.data().brokers().forEach((broker) -> broker.setPort(this.server.getLocalPort()));
		}
		if (response instanceof FindCoordinatorResponse found) {
			for (Coordinator coordinator : found.data().coordinators()) {
				coordinator.setPort(this.server.getLocalPort());
			}
		}
		SpoiledAnswer spoiled = this.spoiled;
		if (spoiled != null && spoiled.isMeant(response)) {
			if (spoiled.isLost()) {
				return null;
			}
			spoiled.spoil(response);
		}
		return bytes(response, header);
	}

	private static byte[] bytes(AbstractResponse response, RequestHeader header) {
		ResponseHeader answerHeader = header.toResponseHeader();
		return bytes(RequestUtils.serialize(answerHeader.data(), answerHeader.headerVersion(), response.data(),
				header.apiVersion()));
	}

	private static byte[] bytes(ByteBuffer buffer) {
		byte[] bytes = new byte[buffer.remaining()];
		buffer.get(bytes);
		return bytes;
	}

	private static void daemon(String name, Runnable work) {
		Thread thread = new Thread(work, "group-proxy-" + name);
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * A member's connection and the one to the broker.
	 */
	private final class Connection {

		private final Socket client;

		private final Socket broker = new Socket();

		private final Map<Integer, RequestHeader> awaited = new ConcurrentHashMap<>();

		private final Map<Integer, AbstractResponse> inPlace = new ConcurrentHashMap<>();

		Connection(Socket client) throws IOException {
			this.client = client;
			try {
				this.broker.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), GroupProxy.this.brokerPort),
						5_000);
				this.broker.setTcpNoDelay(true);
				this.client.setTcpNoDelay(true);
			}
			catch (IOException ex) {
				close();
				throw ex;
			}
		}

		void start() {
			GroupProxy.this.connections.add(this);
			daemon("to-broker", () -> pump(true));
			daemon("from-broker", () -> pump(false));
		}

		private void pump(boolean toBroker) {
			try {
				DataInputStream in = new DataInputStream((toBroker ? this.client : this.broker).getInputStream());
				DataOutputStream out = new DataOutputStream((toBroker ? this.broker : this.client).getOutputStream());
				while (true) {
					byte[] frame = new byte[in.readInt()];
					in.readFully(frame);
					pass(toBroker);
					byte[] passed = toBroker ? request(frame) : answer(frame);
					ByteBuffer sized = ByteBuffer.allocate(4 + passed.length).putInt(passed.length).put(passed);
					out.write(sized.array());
					out.flush();
				}
			}
			catch (IOException ex) {
				close();
			}
		}

		private byte[] request(byte[] frame) throws IOException {
			ByteBuffer buffer = ByteBuffer.wrap(frame);
			ApiKeys key = ApiKeys.forId(buffer.getShort(0));
			if (!UNDERSTOOD.contains(key)) {
				return frame;
			}
			RequestHeader header = RequestHeader.parse(buffer);
			GroupProxy.this.requests.computeIfAbsent(key, (any) -> new AtomicInteger()).incrementAndGet();
			this.awaited.put(header.correlationId(), header);
			SpoiledAnswer spoiled = GroupProxy.this.spoiled;
			if (spoiled != null && spoiled.isMeantInPlace(key)) {
				return kept(spoiled, header, buffer);
			}
			return rewritten(frame, header, buffer);
		}

		/**
		 * Keep a request from the broker. That is asked something else meanwhile, for
		 * answers have to come in the order of the requests.
		 */
		private byte[] kept(SpoiledAnswer spoiled, RequestHeader header, ByteBuffer body) throws IOException {
			if (spoiled.isLost()) {
				throw new IOException("The request is lost");
			}
			AbstractRequest request = AbstractRequest.parseRequest(header.apiKey(), header.apiVersion(),
					new ByteBufferAccessor(body)).request;
			this.inPlace.put(header.correlationId(), spoiled.inPlaceOf(request));
			short version = ApiKeys.DESCRIBE_GROUPS.latestVersion();
			return bytes(new DescribeGroupsRequest.Builder(new DescribeGroupsRequestData()).build(version)
				.serializeWithHeader(new RequestHeader(ApiKeys.DESCRIBE_GROUPS, version, header.clientId(),
						header.correlationId())));
		}

		private byte[] answer(byte[] frame) throws IOException {
			int id = ByteBuffer.wrap(frame).getInt(0);
			RequestHeader header = this.awaited.remove(id);
			byte[] answer = (header != null) ? GroupProxy.this.answer(frame, header, this.inPlace.remove(id)) : frame;
			if (answer == null) {
				throw new IOException("The answer is lost");
			}
			return answer;
		}

		void close() {
			GroupProxy.this.connections.remove(this);
			closeQuietly(this.client);
			closeQuietly(this.broker);
		}

		private static void closeQuietly(Socket socket) {
			try {
				socket.close();
			}
			catch (IOException ex) {
				// it is of no use any more
			}
		}

	}

}
