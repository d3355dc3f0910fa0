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

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.GroupRebalanceConfig;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.internals.AbstractCoordinator;
import org.apache.kafka.clients.consumer.internals.ConsumerNetworkClient;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Kafka's group membership with our protocol type: what it wants to know and to tell goes
 * to the {@link GroupConversation}.
 */
final class TaskGroupCoordinator extends AbstractCoordinator {

	static final String PROTOCOL_TYPE = "distributed-task";

	private final GroupConversation conversation;

	private final List<String> assignors;

	TaskGroupCoordinator(GroupRebalanceConfig config, LogContext logContext, ConsumerNetworkClient client,
			Metrics metrics, Time time, GroupConversation conversation, List<String> assignors) {
		super(config, logContext, client, metrics, PROTOCOL_TYPE, time);
		this.conversation = conversation;
		this.assignors = List.copyOf(assignors);
	}

	/**
	 * Find the coordinator of the group. Not left to {@link #stayInGroup}: to be woken up
	 * in the midst of it would keep a failed search for ever.
	 * @param timer how long to search
	 * @return whether it is found
	 */
	boolean findCoordinator(Timer timer) {
		return ensureCoordinatorReady(timer);
	}

	/**
	 * Join if that is needed, and wait until it is done or the client is woken up.
	 * @param now the time in milliseconds
	 */
	void stayInGroup(long now) {
		// what has ended the heartbeats is said before anything is done about it
		lookAfterHeartbeats(now);
		if (rejoinNeededOrPending()) {
			ensureActiveGroup();
		}
		lookAfterHeartbeats(now);
	}

	/**
	 * A heartbeat thread that has failed is not replaced but by a join. If it was not
	 * allowed to go on, the join will say so, or will find that this has passed.
	 */
	private void lookAfterHeartbeats(long now) {
		try {
			pollHeartbeat(now);
		}
		catch (AuthenticationException | GroupAuthorizationException ex) {
			requestRejoin("its heartbeats have failed");
		}
		catch (RuntimeException ex) {
			requestRejoin("its heartbeats have failed");
			throw ex;
		}
	}

	/**
	 * Join again, unless that is going to happen anyway: kafka-clients logs each wish.
	 * @param reason why, for the log
	 */
	void rejoin(String reason) {
		if (!rejoinNeededOrPending()) {
			requestRejoin(reason);
		}
	}

	/**
	 * Close without leaving the group.
	 * @param time the time
	 */
	void closeQuietly(Time time) {
		close(time.timer(0), CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP);
	}

	/**
	 * Search for the coordinator anew.
	 */
	void forgetCoordinator() {
		markCoordinatorUnknown("a question was not answered");
	}

	/**
	 * Whether a member id is the one with which this member is going to join.
	 */
	boolean isOwnId(String memberId) {
		return memberId.equals(generation().memberId);
	}

	@Nullable Node node() {
		return checkAndGetCoordinator();
	}

	long untilNextHeartbeat(long now) {
		try {
			return timeToNextHeartbeat(now);
		}
		catch (RuntimeException ex) {
			// thrown again by the next look at the heartbeat thread, which does something
			// about it
			return 0;
		}
	}

	@Override
	protected String protocolType() {
		return PROTOCOL_TYPE;
	}

	@Override
	protected JoinGroupRequestProtocolCollection metadata() {
		byte[] bytes = this.conversation.memberBytes();
		JoinGroupRequestProtocolCollection protocols = new JoinGroupRequestProtocolCollection();
		this.assignors
			.forEach((assignor) -> protocols.add(new JoinGroupRequestProtocol().setName(assignor).setMetadata(bytes)));
		return protocols;
	}

	@Override
	protected boolean onJoinPrepare(Timer timer, int generation, String memberId) {
		// joining stops nothing
		return true;
	}

	@Override
	protected Map<String, ByteBuffer> onLeaderElected(String leaderId, String protocol,
			List<JoinGroupResponseMember> members, boolean skipAssignment) {
		if (skipAssignment) {
			return Map.of();
		}
		return this.conversation.assign(generation().generationId, leaderId, protocol, members);
	}

	@Override
	protected void onJoinComplete(int generation, String memberId, String protocol, ByteBuffer assignment) {
		this.conversation.assigned(generation, memberId, protocol, assignment);
	}

}
