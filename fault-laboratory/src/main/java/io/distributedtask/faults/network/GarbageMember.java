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
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupResponse;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.apache.kafka.common.requests.SyncGroupResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member of a group of instances that says what nobody can read, and otherwise behaves:
 * it heartbeats, joins when the group rebalances, and leaves in order. Only a member that
 * understands the others can lead, so if it is elected it leaves at once and stays away.
 */
public final class GarbageMember implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(GarbageMember.class);

	private static final String CLIENT_ID = "garbage";

	private static final String PROTOCOL_TYPE = "distributed-task";

	private static final String PROTOCOL = "sticky";

	private static final int SESSION_MILLIS = 3000;

	private static final int REBALANCE_MILLIS = 6000;

	private static final int HEARTBEAT_MILLIS = 100;

	/** Others may take their time to join. */
	private static final int ANSWER_MILLIS = 60_000;

	private static final int LEAVE_MILLIS = 2000;

	private static final int LEAVE_ATTEMPTS = 3;

	private final String servers;

	private final String groupId;

	private final byte[] metadata;

	private final CountDownLatch closed = new CountDownLatch(1);

	private final Thread thread = new Thread(this::takePart, CLIENT_ID);

	private volatile @Nullable CoordinatorConnection connection;

	private volatile String memberId = "";

	private volatile int generation = -1;

	private volatile boolean elected;

	/**
	 * Start a member, which joins as soon as it can.
	 * @param servers the brokers
	 * @param groupId the group
	 * @param metadata what to say
	 */
	public GarbageMember(String servers, String groupId, byte[] metadata) {
		this.servers = servers;
		this.groupId = groupId;
		this.metadata = metadata.clone();
		this.thread.setDaemon(true);
		this.thread.start();
	}

	/**
	 * The generation of which it is a member, -1 if it is none.
	 */
	public int generation() {
		return this.generation;
	}

	/**
	 * Whether it was to lead, and so has left.
	 */
	public boolean isElected() {
		return this.elected;
	}

	private void takePart() {
		while (!this.elected && isOpen()) {
			try (CoordinatorConnection opened = CoordinatorConnection.open(this.servers, this.groupId, CLIENT_ID,
					ANSWER_MILLIS)) {
				this.connection = opened;
				while (!this.elected && isOpen()) {
					this.elected = takePartInOneGeneration(opened);
				}
			}
			catch (IOException ex) {
				logger.debug("The coordinator of '{}' is away", this.groupId, ex);
				isOpen(HEARTBEAT_MILLIS);
			}
			finally {
				this.connection = null;
				this.generation = -1;
			}
		}
		if (this.elected) {
			leave();
		}
	}

	/**
	 * Join, and heartbeat until the group rebalances.
	 * @return whether this member is to lead
	 */
	private boolean takePartInOneGeneration(CoordinatorConnection opened) throws IOException {
		this.generation = -1;
		JoinGroupResponseData joined = opened.send(new JoinGroupRequest.Builder(joinRequest()), JoinGroupResponse.class)
			.data();
		Errors error = Errors.forCode(joined.errorCode());
		if (error == Errors.MEMBER_ID_REQUIRED) {
			this.memberId = joined.memberId();
		}
		if (!goesOn(error)) {
			return false;
		}
		if (joined.leader().equals(joined.memberId())) {
			return true;
		}
		SyncGroupRequestData sync = new SyncGroupRequestData().setGroupId(this.groupId)
			.setMemberId(this.memberId)
			.setGenerationId(joined.generationId())
			.setProtocolType(PROTOCOL_TYPE)
			.setProtocolName(PROTOCOL);
		error = opened.send(new SyncGroupRequest.Builder(sync), SyncGroupResponse.class).error();
		while (goesOn(error) && isOpen(HEARTBEAT_MILLIS)) {
			this.generation = joined.generationId();
			HeartbeatRequestData beat = new HeartbeatRequestData().setGroupId(this.groupId)
				.setMemberId(this.memberId)
				.setGenerationId(joined.generationId());
			error = opened.send(new HeartbeatRequest.Builder(beat), HeartbeatResponse.class).error();
		}
		return false;
	}

	private JoinGroupRequestData joinRequest() {
		JoinGroupRequestProtocolCollection protocols = new JoinGroupRequestProtocolCollection();
		protocols.add(new JoinGroupRequestProtocol().setName(PROTOCOL).setMetadata(this.metadata));
		return new JoinGroupRequestData().setGroupId(this.groupId)
			.setMemberId(this.memberId)
			.setProtocolType(PROTOCOL_TYPE)
			.setProtocols(protocols)
			.setSessionTimeoutMs(SESSION_MILLIS)
			.setRebalanceTimeoutMs(REBALANCE_MILLIS);
	}

	/**
	 * Whether there is no error. One that the same connection cannot mend is thrown.
	 */
	private boolean goesOn(Errors error) throws IOException {
		return switch (error) {
			case NONE -> true;
			case MEMBER_ID_REQUIRED, REBALANCE_IN_PROGRESS -> false;
			case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION -> {
				this.memberId = "";
				yield false;
			}
			default -> throw new IOException("The coordinator says " + error);
		};
	}

	private boolean isOpen() {
		return isOpen(0);
	}

	private boolean isOpen(long waitMillis) {
		try {
			return !this.closed.await(waitMillis, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * If the coordinator is away, it will notice after the session timeout.
	 */
	private void leave() {
		String leaving = this.memberId;
		for (int attempt = 0; attempt < LEAVE_ATTEMPTS && !leaving.isEmpty(); attempt++) {
			// over a connection of its own, for a JoinGroup may wait on the other
			try (CoordinatorConnection opened = CoordinatorConnection.open(this.servers, this.groupId, CLIENT_ID,
					LEAVE_MILLIS)) {
				opened.send(
						new LeaveGroupRequest.Builder(this.groupId,
								List.of(new MemberIdentity().setMemberId(leaving).setReason("end of garbage"))),
						LeaveGroupResponse.class);
				return;
			}
			catch (IOException ex) {
				logger.debug("The coordinator of '{}' is away", this.groupId, ex);
			}
		}
	}

	@Override
	public void close() {
		this.closed.countDown();
		leave();
		CoordinatorConnection opened = this.connection;
		if (opened != null) {
			opened.close();
		}
		try {
			this.thread.join(ANSWER_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
