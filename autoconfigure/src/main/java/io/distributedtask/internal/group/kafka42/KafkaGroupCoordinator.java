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

package io.distributedtask.internal.group.kafka42;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

import io.distributedtask.internal.group.CallbackFailure;
import io.distributedtask.internal.group.GroupConversation;
import io.distributedtask.internal.group.TaskGroupCoordinator;
import org.apache.kafka.clients.GroupRebalanceConfig;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.internals.AbstractCoordinator;
import org.apache.kafka.clients.consumer.internals.BaseHeartbeatThread;
import org.apache.kafka.clients.consumer.internals.ConsumerNetworkClient;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Timer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka's group membership with our protocol type; metadata and assignments come from the
 * {@link GroupConversation}.
 */
final class KafkaGroupCoordinator extends AbstractCoordinator implements TaskGroupCoordinator {

	private static final Logger logger = LoggerFactory.getLogger(KafkaGroupCoordinator.class);

	private final GroupConversation conversation;

	private final List<String> assignors;

	KafkaGroupCoordinator(GroupRebalanceConfig config, LogContext logContext, ConsumerNetworkClient client,
			Metrics metrics, Time time, GroupConversation conversation, List<String> assignors) {
		super(config, logContext, client, metrics, PROTOCOL_TYPE, time);
		this.conversation = conversation;
		this.assignors = List.copyOf(assignors);
	}

	@Override
	public boolean findCoordinator(Timer timer) {
		return ensureCoordinatorReady(timer);
	}

	@Override
	public boolean stayInGroup(Runnable beforeJoin) {
		// the reason why heartbeats have ended is reported before the reaction to it
		lookAfterHeartbeats();
		boolean joins = rejoinNeededOrPending();
		if (joins) {
			beforeJoin.run();
			ensureActiveGroup();
		}
		lookAfterHeartbeats();
		return joins;
	}

	@Override
	public void lookAfterHeartbeats() {
		BaseHeartbeatThread thread = heartbeatThread();
		if (thread != null && !thread.isAlive() && !thread.isFailed()) {
			throw new IllegalStateException("Kafka's heartbeat thread has ended");
		}
		try {
			pollHeartbeat(this.time.milliseconds());
		}
		catch (AuthenticationException | GroupAuthorizationException ex) {
			requestRejoin("its heartbeats have failed");
		}
		catch (RuntimeException ex) {
			requestRejoin("its heartbeats have failed");
			if (ex.getCause() instanceof InterruptedException || ex.getCause() instanceof InterruptException) {
				throw new KafkaException("Kafka's heartbeat thread was interrupted", ex);
			}
			throw ex;
		}
	}

	@Override
	public void keepAlive() {
		BaseHeartbeatThread thread = heartbeatThread();
		if (thread == null || !thread.isAlive() || thread.isFailed()) {
			return;
		}
		try {
			pollHeartbeat(this.time.milliseconds());
		}
		catch (RuntimeException ex) {
			// it has failed just now
			requestRejoin("its heartbeats have failed");
		}
	}

	/**
	 * The group's thread has not polled for a rebalance timeout: others are to get the
	 * shards of this instance.
	 */
	@Override
	protected void handlePollTimeoutExpiry() {
		logger.error("The group's thread has not polled for longer than the rebalance timeout: this instance leaves "
				+ "the group, so that other instances take over");
		maybeLeaveGroup(CloseOptions.GroupMembershipOperation.DEFAULT, "the thread of the group does not poll");
	}

	@Override
	public void rejoin(String reason) {
		if (!rejoinNeededOrPending()) {
			requestRejoin(reason);
		}
	}

	@Override
	public void closeQuietly(Time time) {
		close(time.timer(0), CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP);
	}

	@Override
	public void forgetCoordinator() {
		markCoordinatorUnknown("a request was not answered");
	}

	@Override
	public boolean isNewcomer() {
		return generation().memberId.isEmpty();
	}

	@Override
	public boolean isOwnId(String memberId) {
		return memberId.equals(generation().memberId);
	}

	@Override
	public @Nullable Node node() {
		return checkAndGetCoordinator();
	}

	@Override
	public long untilNextHeartbeat(long now) {
		try {
			return timeToNextHeartbeat(now);
		}
		catch (RuntimeException ex) {
			// thrown again by the next check of the heartbeat thread, which handles it
			return 0;
		}
	}

	@Override
	protected String protocolType() {
		return PROTOCOL_TYPE;
	}

	@Override
	protected JoinGroupRequestProtocolCollection metadata() {
		byte[] bytes = CallbackFailure.guard(this.conversation::memberBytes);
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
		return CallbackFailure
			.guard(() -> this.conversation.assign(generation().generationId, leaderId, protocol, members));
	}

	@Override
	protected void onJoinComplete(int generation, String memberId, String protocol, ByteBuffer assignment) {
		CallbackFailure.guard(() -> this.conversation.assigned(generation, memberId, protocol, assignment));
	}

}
