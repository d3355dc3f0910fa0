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

import java.util.concurrent.atomic.AtomicBoolean;

import io.distributedtask.internal.port.Callbacks;
import io.distributedtask.internal.port.Clocks;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.consumer.internals.RequestFutureListener;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.apache.kafka.common.requests.SyncGroupResponse;
import org.jspecify.annotations.Nullable;

/**
 * Observes the requests to the coordinator and its responses, and derives the lease from
 * them. Only the response to a heartbeat proves that the coordinator has restarted the
 * session timeout: a JoinGroup or SyncGroup may be answered at once, from the group's
 * present state, without extending the session. A heartbeat counts from the moment at
 * which the request was passed on to be sent, and only if it is one of the current member
 * and generation.
 * <p>
 * Called by the group's thread, by Kafka's heartbeat thread, and by whoever sends a
 * heartbeat over the second connection.
 */
final class MembershipObserver {

	private final Clocks clocks;

	private final Callbacks callbacks;

	private final StaticMemberGate admission;

	private @Nullable Node coordinator;

	private String memberId = "";

	/** The id that the coordinator has given to a member which has not joined yet. */
	private String givenId = "";

	private int generation = -1;

	private @Nullable Waiting waiting;

	/**
	 * Whether the last join was completed by a SyncGroup. A member whose SyncGroup does
	 * not arrive is removed after the rebalance timeout although its heartbeats are
	 * answered without an error, so until then they prove no more than during a
	 * rebalance.
	 */
	private boolean synced;

	/** The last heartbeat with the response that the group is rebalancing. */
	private @Nullable Sent gathering;

	/**
	 * The last heartbeat with a response without an error, while the join was not
	 * completed.
	 */
	private @Nullable Sent completing;

	private boolean leaving;

	private final AtomicBoolean refused = new AtomicBoolean();

	MembershipObserver(Clocks clocks, Callbacks callbacks, StaticMemberGate admission) {
		this.clocks = clocks;
		this.callbacks = callbacks;
		this.admission = admission;
	}

	/**
	 * A request is about to be sent.
	 * @param node the receiver
	 * @param request the request
	 * @return the observer of the response, or {@code null} if there is none
	 */
	@Nullable Sent sending(Node node, AbstractRequest.Builder<?> request) {
		if (request instanceof JoinGroupRequest.Builder join) {
			return joining(node, join.build().data());
		}
		if (request instanceof SyncGroupRequest.Builder sync) {
			return syncing(node, sync.build().data());
		}
		if (request instanceof HeartbeatRequest.Builder heartbeat) {
			if (!GroupClient.isExtraConnection(node)) {
				noteCoordinator(node);
			}
			HeartbeatRequestData data = heartbeat.build().data();
			return new Sent(Kind.HEARTBEAT, data.memberId(), data.generationId());
		}
		if (request instanceof LeaveGroupRequest.Builder && !GroupClient.isExtraConnection(node) && !isLeaving()) {
			// kafka-clients gives up the membership by itself when it is not polled
			lost("the member was not polled in time and left the group");
		}
		return null;
	}

	private synchronized Sent joining(Node node, JoinGroupRequestData data) {
		this.synced = false;
		Sent sent = new Sent(Kind.JOIN, data.memberId(), this.generation);
		this.coordinator = node;
		this.waiting = new Waiting(sent, current());
		return sent;
	}

	private synchronized Sent syncing(Node node, SyncGroupRequestData data) {
		Sent sent = new Sent(Kind.SYNC, data.memberId(), data.generationId());
		this.coordinator = node;
		this.waiting = new Waiting(sent, new Current(node, data.memberId(), data.generationId()));
		return sent;
	}

	/**
	 * The JoinGroup or SyncGroup that waits for its response.
	 */
	synchronized @Nullable Waiting waiting() {
		return this.waiting;
	}

	/**
	 * The member and its generation, by which a heartbeat is sent to the coordinator.
	 * @return {@code null} if it is no member
	 */
	synchronized @Nullable Current current() {
		return (this.coordinator != null && !this.memberId.isEmpty() && this.generation >= 0)
				? new Current(this.coordinator, this.memberId, this.generation) : null;
	}

	/**
	 * The coordinator may move to another broker without a join.
	 */
	private synchronized void noteCoordinator(Node node) {
		this.coordinator = node;
	}

	synchronized @Nullable Node coordinator() {
		return this.coordinator;
	}

	synchronized String memberId() {
		return this.memberId;
	}

	/**
	 * The id of this member at the coordinator, though it may not have joined yet.
	 */
	synchronized String idToLeave() {
		return this.memberId.isEmpty() ? this.givenId : this.memberId;
	}

	/**
	 * Whether the coordinator is about to send this member its id.
	 */
	synchronized boolean isWithoutId() {
		return this.waiting != null && idToLeave().isEmpty();
	}

	/**
	 * From now on a LeaveGroup is intended.
	 */
	synchronized void leaving() {
		this.leaving = true;
	}

	private synchronized boolean isLeaving() {
		return this.leaving;
	}

	private synchronized void done(Sent sent) {
		Waiting current = this.waiting;
		if (current != null && current.sent() == sent) {
			this.waiting = null;
		}
	}

	private void joined(Sent sent, JoinGroupResponse response) {
		JoinGroupResponseData data = response.data();
		Errors error = response.error();
		if (error == Errors.NONE) {
			Sent last;
			synchronized (this) {
				this.memberId = data.memberId();
				this.givenId = "";
				this.generation = data.generationId();
				last = this.gathering;
				this.gathering = null;
			}
			if (last != null && last.isOf(data.memberId(), data.generationId() - 1)) {
				this.callbacks.waitsAnew(last.nanos, last.millis);
			}
		}
		else if (error == Errors.MEMBER_ID_REQUIRED) {
			setGivenId(data.memberId());
		}
		else if (error == Errors.FENCED_INSTANCE_ID && (sent.memberId.isEmpty() || !sent.memberId.equals(memberId()))) {
			// it had lost its membership before, or has not had one yet
			this.admission.fenced();
		}
		else if (isFatalForMember(error) && !sent.memberId.isEmpty()) {
			setGivenId("");
			if (sent.memberId.equals(memberId())) {
				lost(error);
			}
		}
	}

	private synchronized void setGivenId(String givenId) {
		this.givenId = givenId;
	}

	private void answered(Sent sent, Errors error) {
		if (!isCurrent(sent)) {
			return;
		}
		if (sent.kind == Kind.SYNC && error == Errors.NONE) {
			setSynced(true);
			// if the group had begun to rebalance before, it would have rejected this
			this.callbacks.waitsAnew(sent.nanos, sent.millis);
		}
		else if (sent.kind == Kind.HEARTBEAT && (error == Errors.NONE || error == Errors.REBALANCE_IN_PROGRESS)) {
			if (error == Errors.REBALANCE_IN_PROGRESS) {
				noteGathering(sent);
				noteGatheredAnew(sent);
			}
			else {
				noteCompleting(sent);
			}
			this.callbacks.contact(sent.nanos, sent.millis, error == Errors.REBALANCE_IN_PROGRESS || !isSynced());
		}
		else if (isFatalForMember(error) && !mayHaveJoined(error)) {
			lost(error);
		}
		else if (sent.kind == Kind.HEARTBEAT && error == Errors.GROUP_AUTHORIZATION_FAILED) {
			this.refused.set(true);
		}
	}

	/**
	 * Whether heartbeats are rejected, which kafka-clients does not report: it waits for
	 * the session to end. A join throws the reason.
	 */
	boolean takeRefused() {
		return this.refused.getAndSet(false);
	}

	/**
	 * Of two heartbeats, over different connections, the later one counts.
	 */
	private synchronized void noteGathering(Sent sent) {
		Sent former = this.gathering;
		if (former == null || former.generation != sent.generation || sent.nanos - former.nanos > 0) {
			this.gathering = sent;
		}
	}

	/**
	 * A waiting SyncGroup ends when the members have to join again: that began after the
	 * last heartbeat of the generation that was answered with NONE.
	 */
	private void noteGatheredAnew(Sent sent) {
		Sent last;
		synchronized (this) {
			last = this.completing;
			this.completing = null;
		}
		if (last != null && last.isOf(sent.memberId, sent.generation)) {
			this.callbacks.waitsAnew(last.nanos, last.millis);
		}
	}

	private synchronized void noteCompleting(Sent sent) {
		Sent former = this.completing;
		if (former == null || !former.isOf(sent.memberId, sent.generation) || sent.nanos - former.nanos > 0) {
			this.completing = sent;
		}
	}

	private synchronized void setSynced(boolean synced) {
		this.synced = synced;
	}

	private synchronized boolean isSynced() {
		return this.synced;
	}

	private synchronized boolean isCurrent(Sent sent) {
		return sent.isOf(this.memberId, this.generation);
	}

	/**
	 * While a JoinGroup waits, a heartbeat of the former generation may arrive just after
	 * the join was completed at the coordinator: the response to the join will show that.
	 */
	private synchronized boolean mayHaveJoined(Errors error) {
		Waiting current = this.waiting;
		return error == Errors.ILLEGAL_GENERATION && current != null && current.sent().kind == Kind.JOIN;
	}

	private static boolean isFatalForMember(Errors error) {
		return error == Errors.UNKNOWN_MEMBER_ID || error == Errors.ILLEGAL_GENERATION
				|| error == Errors.FENCED_INSTANCE_ID;
	}

	private void lost(Errors error) {
		if (error == Errors.FENCED_INSTANCE_ID) {
			this.admission.fenced();
		}
		lost(error.name());
	}

	private void lost(String reason) {
		synchronized (this) {
			this.memberId = "";
			this.generation = -1;
		}
		this.callbacks.membershipLost(reason);
	}

	private enum Kind {

		JOIN, SYNC, HEARTBEAT

	}

	/**
	 * A request that waits at the coordinator.
	 *
	 * @param sent the request that waits
	 * @param member whose heartbeats it takes meanwhile, {@code null} if it is none yet
	 */
	record Waiting(Sent sent, @Nullable Current member) {
	}

	/**
	 * A member.
	 *
	 * @param node the coordinator
	 * @param memberId its id
	 * @param generation its generation
	 */
	record Current(Node node, String memberId, int generation) {
	}

	/**
	 * A request in progress.
	 */
	final class Sent implements RequestFutureListener<ClientResponse> {

		private final Kind kind;

		private final String memberId;

		private final int generation;

		private final long nanos = MembershipObserver.this.clocks.nanos();

		private final long millis = MembershipObserver.this.clocks.millis();

		private Sent(Kind kind, String memberId, int generation) {
			this.kind = kind;
			this.memberId = memberId;
			this.generation = generation;
		}

		private boolean isOf(String memberId, int generation) {
			return this.memberId.equals(memberId) && this.generation == generation;
		}

		@Override
		public void onSuccess(ClientResponse response) {
			done(this);
			if (response.responseBody() instanceof JoinGroupResponse join) {
				joined(this, join);
			}
			else if (response.responseBody() instanceof SyncGroupResponse sync) {
				answered(this, sync.error());
			}
			else if (response.responseBody() instanceof HeartbeatResponse heartbeat) {
				answered(this, heartbeat.error());
			}
		}

		@Override
		public void onFailure(RuntimeException ex) {
			done(this);
		}

	}

}
