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

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;

import io.distributedtask.internal.group.wire.MessageCodec;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.port.Callbacks;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.CrashWatch;
import io.distributedtask.internal.port.GroupDescription;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.GroupRebalanceConfig;
import org.apache.kafka.clients.consumer.internals.ConsumerNetworkClient;
import org.apache.kafka.clients.consumer.internals.RequestFuture;
import org.apache.kafka.clients.consumer.internals.RequestFutureListener;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroupMember;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeGroupsRequest;
import org.apache.kafka.common.requests.DescribeGroupsResponse;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * One member with its connections: the main one to the coordinator, a second one for
 * requests that must not wait behind a JoinGroup or SyncGroup (the broker answers the
 * requests of one connection in order), and a third one for DescribeGroups.
 */
final class GroupClient {

	private static final int SECOND = 1_000_000;

	private static final int THIRD = 2_000_000;

	/** Distinguishes such a node from the coordinator's own, which has no rack. */
	private static final String EXTRA_CONNECTION = "extra-connection";

	/** The search for the coordinator, and the metadata. */
	private static final int PLACES_OF_FAILURES = 2;

	/** A state of the group in DescribeGroups. */
	private static final String COMPLETING = "CompletingRebalance";

	private static final Duration LONGEST_WAIT = Duration.ofSeconds(3);

	private final GroupSettings settings;

	private final Time time = Time.SYSTEM;

	private final Metrics metrics = new Metrics();

	private final Callbacks callbacks;

	private final StaticMemberGate admission;

	private final MembershipObserver observer;

	private final RequestObserver requests;

	private final ConsumerNetworkClient network;

	private final GroupConversation conversation;

	private final TaskGroupCoordinator coordinator;

	private final LeaveRequest departure;

	private final CrashResponse crashes;

	private final Heartbeats heartbeats;

	/** Ends the wait for a join. */
	private @Nullable ScheduledFuture<?> alarm;

	GroupClient(GroupSettings settings, ClientConfig config, MessageCodec codec, StaticMemberGate admission,
			Callbacks callbacks, BrokerContacts contacts, @Nullable CrashWatch watch) {
		this.settings = settings;
		this.admission = admission;
		this.callbacks = callbacks;
		KafkaClientLine line = KafkaClientLine.create(
				"[DistributedTask clientId=%s, groupId=%s] ".formatted(config.clientId(), settings.groupId()),
				this.metrics, this.time);
		this.observer = new MembershipObserver(Clocks.SYSTEM, callbacks, this.admission);
		this.crashes = new CrashResponse(watch, callbacks, this::remove, this::promptHeartbeat);
		this.requests = new RequestObserver(this.observer, admission, contacts, this.crashes);
		this.network = line.network(config, config.brokers(), this.requests);
		this.conversation = new GroupConversation(codec, callbacks, this::rejoinAgain, this::isStillMember,
				this.crashes);
		GroupRebalanceConfig rebalance = new GroupRebalanceConfig((int) settings.sessionTimeout().toMillis(),
				(int) settings.rebalanceTimeout().toMillis(), (int) settings.heartbeatInterval().toMillis(),
				settings.groupId(), Optional.ofNullable(settings.staticMemberId()), null,
				config.getLong(CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG),
				config.getLong(CommonClientConfigs.RETRY_BACKOFF_MAX_MS_CONFIG));
		this.coordinator = line.coordinator(rebalance, this.network, this.conversation, settings.assignors());
		this.departure = new LeaveRequest(settings, this.coordinator, this.network, this.observer, this.time);
		this.heartbeats = new Heartbeats(settings, this.coordinator, this.network, this.observer, this.crashes,
				this.time);
	}

	/**
	 * Join again when the join in progress is done.
	 */
	private void rejoinAgain() {
		this.coordinator.requestRejoin("its assignment is not enough");
	}

	/**
	 * Find the coordinator of the group.
	 * @param timeout how long to search
	 * @return whether it was found
	 */
	boolean findCoordinator(Duration timeout) {
		return this.coordinator.findCoordinator(this.time.timer(timeout.toMillis()));
	}

	/**
	 * Check that Kafka's heartbeat thread works, and report to it that the group's thread
	 * does.
	 * @throws IllegalStateException if this client is no longer usable
	 */
	void lookAfter() {
		Throwable failure = this.requests.observerFailure();
		if (failure != null) {
			throw new IllegalStateException("A response of the coordinator could not be handled: " + failure, failure);
		}
		this.coordinator.lookAfterHeartbeats();
	}

	void keepAlive() {
		this.coordinator.keepAlive();
	}

	/**
	 * Take part in the group until woken up, or until only time can change something.
	 * @param timeout how long to wait
	 */
	void poll(Duration timeout) {
		long deadline = this.time.milliseconds() + timeout.toMillis();
		if (this.observer.takeRefused()) {
			this.coordinator.requestRejoin("its heartbeats are refused");
		}
		boolean isNewcomer = !isMember() || this.coordinator.isNewcomer();
		if (this.admission.isWanting() && isNewcomer && this.observer.waiting() == null) {
			try {
				askForAdmission();
			}
			catch (RuntimeException ex) {
				// it may no longer be the coordinator
				this.coordinator.forgetCoordinator();
				throw ex;
			}
		}
		try {
			if (this.coordinator.stayInGroup(() -> joins(timeout))) {
				this.heartbeats.assigned();
				// the consequences of the assignment do not wait
				return;
			}
		}
		catch (StaticMemberGate.NotAdmittedException ex) {
			// the next turn begins with that check
			return;
		}
		finally {
			cancelAlarm();
		}
		long now = this.time.milliseconds();
		long wait = Math.max(0, Math.min(deadline - now, this.coordinator.untilNextHeartbeat(now)));
		this.network.poll(this.time.timer(wait));
	}

	/**
	 * A join has no limit of its own.
	 */
	private void joins(Duration timeout) {
		this.alarm = this.heartbeats.in(timeout, this::wakeup);
		this.heartbeats.confirmRebalance();
	}

	private void cancelAlarm() {
		ScheduledFuture<?> current = this.alarm;
		this.alarm = null;
		if (current != null) {
			current.cancel(false);
		}
	}

	/**
	 * Ask the coordinator whether another member has the static member id. A process that
	 * was replaced by another one waits until that is gone; a new one replaces it, and
	 * learns from its assignment what may still run there.
	 */
	private void askForAdmission() {
		Node node = this.coordinator.node();
		if (node == null) {
			return;
		}
		RequestFuture<ClientResponse> answer = this.network.send(other(node, THIRD), describeRequest());
		this.network.poll(answer, this.time.timer(patience()), true);
		if (answer.failed()) {
			throw answer.exception();
		}
		if (!answer.succeeded()) {
			throw new TimeoutException("no answer to DescribeGroups");
		}
		DescribedGroup group = ((DescribeGroupsResponse) answer.value().responseBody()).data().groups().get(0);
		Errors error = Errors.forCode(group.errorCode());
		if (error != Errors.NONE && error != Errors.GROUP_ID_NOT_FOUND) {
			throw error.exception();
		}
		DescribedGroupMember holder = group.members()
			.stream()
			.filter((member) -> String.valueOf(this.settings.staticMemberId()).equals(member.groupInstanceId()))
			.findFirst()
			.orElse(null);
		if (holder != null && !this.coordinator.isOwnId(holder.memberId())) {
			if (this.admission.isFenced()) {
				throw new FencedInstanceIdException("member " + holder.memberId() + " has the id");
			}
			MemberAssignment assignment = this.conversation.readAssignment(holder.memberAssignment(),
					holder.memberMetadata());
			// while the group waits for the leader, the assignment of the former round is
			// shown
			boolean past = COMPLETING.equals(group.groupState()) && assignment != null && assignment.isIdle();
			CallbackFailure.guard(() -> this.callbacks.replaces(past ? null : assignment));
		}
		this.admission.give();
	}

	/**
	 * How long the group's thread may wait for one response.
	 */
	private long patience() {
		return Math.min(this.settings.sessionTimeout().toMillis() / 3, LONGEST_WAIT.toMillis());
	}

	void wakeup() {
		this.network.wakeup();
	}

	void requestRejoin(String reason) {
		this.coordinator.rejoin(reason);
	}

	/**
	 * Clear failures. kafka-clients keeps a failure in several places, and throws it
	 * again from each of them in place of the next attempt.
	 */
	void forgetFailures() {
		for (int i = 0; i < PLACES_OF_FAILURES; i++) {
			try {
				this.coordinator.findCoordinator(this.time.timer(0));
				this.network.poll(this.time.timer(0));
				return;
			}
			catch (RuntimeException ex) {
				// it was reported
			}
		}
	}

	/**
	 * Whether this client is a member, as far as is known.
	 */
	boolean isMember() {
		return !this.observer.memberId().isEmpty();
	}

	/**
	 * The brokers have rejected the group's record.
	 */
	void recordRefused() {
		this.conversation.refused();
	}

	private boolean isStillMember(String memberId, int generation) {
		return this.heartbeats.isStillMember(memberId, generation, patience());
	}

	private void promptHeartbeat() {
		this.heartbeats.prompt();
	}

	private void remove(String memberId, String reason, Consumer<Errors> answer) {
		this.departure.remove(memberId, reason, answer);
	}

	/**
	 * Leave the group and wait for the answer, see {@link LeaveRequest#leave}.
	 */
	void leave(String reason, Duration timeout) {
		this.departure.leave(reason, timeout);
	}

	/**
	 * Ask for the state of the group. Any thread; the group's thread sends the request.
	 * @return the response, {@code null} if there is none; the caller decodes it, because
	 * that takes time
	 */
	CompletableFuture<@Nullable DescribeGroupsResponse> describe() {
		CompletableFuture<@Nullable DescribeGroupsResponse> description = new CompletableFuture<>();
		Node node = this.observer.coordinator();
		if (node == null) {
			description.complete(null);
			return description;
		}
		this.network.send(other(node, THIRD), describeRequest()).addListener(new RequestFutureListener<>() {

			@Override
			public void onSuccess(ClientResponse response) {
				description.complete((DescribeGroupsResponse) response.responseBody());
			}

			@Override
			public void onFailure(RuntimeException ex) {
				description.complete(null);
			}

		});
		return description;
	}

	private DescribeGroupsRequest.Builder describeRequest() {
		return new DescribeGroupsRequest.Builder(
				new DescribeGroupsRequestData().setGroups(List.of(this.settings.groupId())));
	}

	@Nullable GroupDescription read(DescribeGroupsResponse response) {
		DescribedGroup group = response.data().groups().get(0);
		if (group.errorCode() != Errors.NONE.code()) {
			return null;
		}
		List<GroupDescription.Member> members = group.members()
			.stream()
			.map((member) -> new GroupDescription.Member(member.memberId(), member.clientHost(),
					this.conversation.readMember(member.memberMetadata()),
					this.conversation.readAssignment(member.memberAssignment(), member.memberMetadata())))
			.toList();
		return new GroupDescription(group.groupState(), group.protocolData(), members);
	}

	static boolean isExtraConnection(Node node) {
		return EXTRA_CONNECTION.equals(node.rack());
	}

	/**
	 * The connection to a coordinator that does not wait for a JoinGroup or SyncGroup.
	 */
	static Node second(Node node) {
		return other(node, SECOND);
	}

	private static Node other(Node node, int offset) {
		return new Node(node.id() - offset, node.host(), node.port(), EXTRA_CONNECTION);
	}

	void close() {
		this.observer.leaving();
		this.heartbeats.close();
		Utils.closeQuietly(() -> this.coordinator.closeQuietly(this.time), "group coordinator");
		Utils.closeQuietly(this.network, "network client");
		Utils.closeQuietly(this.metrics, "metrics");
	}

}
