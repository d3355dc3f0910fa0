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
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.GroupRebalanceConfig;
import org.apache.kafka.clients.Metadata;
import org.apache.kafka.clients.MetadataRecoveryStrategy;
import org.apache.kafka.clients.NetworkClient;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.internals.AbstractCoordinator;
import org.apache.kafka.clients.consumer.internals.ConsumerNetworkClient;
import org.apache.kafka.clients.consumer.internals.RequestFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.internals.ClusterResourceListeners;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.Selector;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupResponse;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Timer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * The connection of a {@link RawMember}.
 */
final class RawCoordinator extends AbstractCoordinator {

	private static final Duration TURN = Duration.ofMillis(200);

	private final RawMember.Builder settings;

	private final @Nullable RawMember member;

	private final Metrics metrics;

	RawCoordinator(RawMember.Builder settings, @Nullable RawMember member) {
		this(settings, member, new LogContext("[RawMember groupId=%s] ".formatted(settings.groupId)), new Metrics());
	}

	private RawCoordinator(RawMember.Builder settings, @Nullable RawMember member, LogContext logContext,
			Metrics metrics) {
		super(new GroupRebalanceConfig((int) settings.sessionTimeout.toMillis(),
				(int) settings.rebalanceTimeout.toMillis(), (int) settings.heartbeatInterval.toMillis(),
				settings.groupId, Optional.empty(), null, 100L, 1000L), logContext,
				network(settings, logContext, metrics), metrics, "raw-member", Time.SYSTEM);
		this.settings = settings;
		this.member = member;
		this.metrics = metrics;
	}

	private static ConsumerNetworkClient network(RawMember.Builder settings, LogContext logContext, Metrics metrics) {
		ClientConfig config = new ClientConfig(settings.properties);
		Metadata metadata = new Metadata(100, 1000, 300_000, logContext, new ClusterResourceListeners());
		metadata.bootstrap(config.brokers());
		Selector selector = new Selector(540_000, metrics, Time.SYSTEM, "raw-member",
				ClientUtils.createChannelBuilder(config, Time.SYSTEM, logContext), logContext);
		NetworkClient client = new NetworkClient(selector, metadata, "raw-member", 100, 50, 1000, 128 * 1024, 64 * 1024,
				30_000, 10_000, 30_000, Time.SYSTEM, true, new ApiVersions(), logContext, 300_000,
				MetadataRecoveryStrategy.REBOOTSTRAP);
		return new ConsumerNetworkClient(logContext, client, metadata, Time.SYSTEM, 100, 30_000, Integer.MAX_VALUE);
	}

	void takeTurn() {
		if (!ensureCoordinatorReady(this.time.timer(TURN))) {
			return;
		}
		if (rejoinNeededOrPending()) {
			ensureActiveGroup();
		}
		long now = this.time.milliseconds();
		pollHeartbeat(now);
		this.client.poll(this.time.timer(Math.min(TURN.toMillis(), timeToNextHeartbeat(now))));
	}

	void pause() {
		this.client.poll(this.time.timer(TURN));
	}

	void askToRejoin() {
		requestRejoin("the test wants it");
		wake();
	}

	void wake() {
		this.client.wakeup();
	}

	void leave() {
		RequestFuture<Void> answer = maybeLeaveGroup(CloseOptions.GroupMembershipOperation.LEAVE_GROUP, "test");
		if (answer != null) {
			await(answer, Duration.ofSeconds(10));
		}
	}

	void evict(String memberId, Duration timeout) {
		if (!ensureCoordinatorReady(this.time.timer(timeout))) {
			throw new IllegalStateException("There is no coordinator of group '%s'".formatted(this.settings.groupId));
		}
		Node node = checkAndGetCoordinator();
		RequestFuture<ClientResponse> answer = this.client.send(node,
				new LeaveGroupRequest.Builder(this.settings.groupId,
						List.of(new MemberIdentity().setMemberId(memberId).setReason("removed by an administrator"))));
		await(answer, timeout);
		Errors error = answer.succeeded() ? ((LeaveGroupResponse) answer.value().responseBody()).error()
				: Errors.forException(answer.exception());
		if (error != Errors.NONE) {
			throw new IllegalStateException(
					"Member '%s' of group '%s' was not removed: %s".formatted(memberId, this.settings.groupId, error));
		}
	}

	private void await(RequestFuture<?> answer, Duration timeout) {
		Timer timer = this.time.timer(timeout);
		while (!answer.isDone() && timer.notExpired()) {
			try {
				this.client.poll(answer, timer);
			}
			catch (WakeupException ex) {
				// there is nothing else to do any more
			}
		}
		if (!answer.isDone()) {
			throw new IllegalStateException("No answer within " + timeout);
		}
	}

	void shut() {
		Utils.closeQuietly(() -> close(this.time.timer(0), CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP),
				"coordinator");
		Utils.closeQuietly(this.client, "network client");
		Utils.closeQuietly(this.metrics, "metrics");
	}

	@Override
	protected String protocolType() {
		return this.settings.protocolType;
	}

	@Override
	protected JoinGroupRequestProtocolCollection metadata() {
		JoinGroupRequestProtocolCollection protocols = new JoinGroupRequestProtocolCollection();
		protocols.add(
				new JoinGroupRequestProtocol().setName(this.settings.protocol).setMetadata(joiningMember().metadata()));
		return protocols;
	}

	@Override
	protected boolean onJoinPrepare(Timer timer, int generation, String memberId) {
		return true;
	}

	@Override
	protected Map<String, ByteBuffer> onLeaderElected(String leaderId, String protocol,
			List<JoinGroupResponseMember> members, boolean skipAssignment) {
		Map<String, byte[]> metadata = new HashMap<>();
		members.forEach((other) -> metadata.put(other.memberId(), other.metadata()));
		Map<String, ByteBuffer> answers = new HashMap<>();
		joiningMember().lead(generation().generationId, metadata)
			.forEach((memberId, bytes) -> answers.put(memberId, ByteBuffer.wrap(bytes)));
		return answers;
	}

	@Override
	protected void onJoinComplete(int generation, String memberId, String protocol, ByteBuffer assignment) {
		byte[] bytes = new byte[assignment.remaining()];
		assignment.get(bytes);
		joiningMember().joined(generation, memberId, bytes);
	}

	private RawMember joiningMember() {
		if (this.member == null) {
			throw new IllegalStateException("This one only removes others");
		}
		return this.member;
	}

}
