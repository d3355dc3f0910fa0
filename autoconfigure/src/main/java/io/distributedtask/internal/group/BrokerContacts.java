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
import java.util.Collection;
import java.util.List;
import java.util.Set;

import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.Silence;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.network.ChannelState;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.FindCoordinatorResponse;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.jspecify.annotations.Nullable;

/**
 * Records which brokers respond: any broker at all, and the coordinator of the group.
 * Lives longer than the clients of a membership. May be used by any thread.
 */
final class BrokerContacts {

	/** Errors of a broker that is not the group's coordinator. */
	private static final Set<Errors> NO_COORDINATOR = Set.of(Errors.NOT_COORDINATOR, Errors.COORDINATOR_NOT_AVAILABLE,
			Errors.COORDINATOR_LOAD_IN_PROGRESS);

	private final GroupSettings settings;

	private final String servers;

	private final String securityProtocol;

	private final Clocks clocks;

	/** When the oldest request was sent that has not been answered. */
	private @Nullable Long askedNanos;

	private @Nullable Long coordinatorNanos;

	private @Nullable Long brokerNanos;

	private @Nullable String coordinator;

	private @Nullable Errors error;

	private @Nullable String seen;

	/** The JoinGroup or SyncGroup whose response may have to wait for other members. */
	private @Nullable Object gathering;

	BrokerContacts(GroupSettings settings, List<String> servers, String securityProtocol, Clocks clocks) {
		this.settings = settings;
		this.servers = servers.toString();
		this.securityProtocol = securityProtocol;
		this.clocks = clocks;
	}

	/**
	 * A request is, or is about to be, sent.
	 */
	synchronized void asked() {
		if (this.askedNanos == null) {
			this.askedNanos = this.clocks.nanos();
		}
	}

	/**
	 * A request is about to be sent.
	 */
	synchronized void sent(AbstractRequest.Builder<?> request) {
		asked();
		if (request instanceof JoinGroupRequest.Builder || request instanceof SyncGroupRequest.Builder) {
			this.gathering = request;
		}
	}

	/**
	 * A request was answered, or will not be.
	 */
	synchronized void done(AbstractRequest.Builder<?> request) {
		if (this.gathering == request) {
			this.gathering = null;
		}
	}

	/**
	 * There is a new client: requests of the former one are no longer answered.
	 */
	synchronized void startAnew() {
		this.gathering = null;
	}

	/**
	 * A broker has answered a request about the group.
	 */
	synchronized void answered(AbstractResponse response) {
		long now = this.clocks.nanos();
		this.brokerNanos = now;
		this.seen = null;
		if (response instanceof FindCoordinatorResponse found) {
			coordinatorIs(found);
			return;
		}
		Errors refusal = response.errorCounts()
			.keySet()
			.stream()
			.filter(NO_COORDINATOR::contains)
			.findFirst()
			.orElse(null);
		this.error = refusal;
		if (refusal == null) {
			this.coordinatorNanos = now;
			this.askedNanos = null;
		}
	}

	private void coordinatorIs(FindCoordinatorResponse found) {
		this.error = found.error();
		if (found.error() == Errors.NONE) {
			List<Coordinator> coordinators = found.coordinators();
			this.coordinator = coordinators.isEmpty() ? "%s:%d".formatted(found.data().host(), found.data().port())
					: "%s:%d".formatted(coordinators.get(0).host(), coordinators.get(0).port());
		}
		else if (!NO_COORDINATOR.contains(found.error())) {
			// a response about the group, such as that it may not be described
			this.askedNanos = null;
		}
	}

	/**
	 * Connections have ended.
	 */
	synchronized void ended(Collection<ChannelState> connections) {
		connections.forEach((state) -> {
			String ending = ending(state.state());
			this.seen = (ending != null) ? ending : this.seen;
		});
	}

	private @Nullable String ending(ChannelState.State state) {
		return switch (state) {
			case NOT_CONNECTED -> "connections are refused or cannot be made";
			case AUTHENTICATE -> "connections end while TLS or SASL is negotiated with security.protocol=%s"
				.formatted(this.securityProtocol);
			case READY -> ("connections are closed without an answer: check whether the listener expects another "
					+ "security.protocol than %s")
				.formatted(this.securityProtocol);
			default -> null;
		};
	}

	/**
	 * The broker that has not responded, if it should have.
	 */
	synchronized @Nullable Silence silence() {
		Long asked = this.askedNanos;
		if (asked == null) {
			return null;
		}
		long now = this.clocks.nanos();
		Duration patience = (this.gathering != null)
				? this.settings.rebalanceTimeout().plus(this.settings.sessionTimeout())
				: this.settings.sessionTimeout().dividedBy(3).plus(this.settings.heartbeatInterval());
		if (now - asked < patience.toNanos()) {
			return null;
		}
		Long broker = this.brokerNanos;
		if (broker == null || now - broker >= patience.toNanos()) {
			return new Silence("no broker of %s has answered".formatted(this.servers),
					(broker != null) ? broker : asked,
					(this.seen != null) ? this.seen : "neither connections nor requests are answered");
		}
		Long former = this.coordinatorNanos;
		long since = (former != null) ? former : asked;
		String group = this.settings.groupId();
		if (this.error != null && this.error != Errors.NONE) {
			return new Silence("group '%s' has had no coordinator".formatted(group), since,
					"brokers of %s answer %s".formatted(this.servers, this.error));
		}
		return new Silence("the coordinator %s of group '%s' has not answered".formatted(this.coordinator, group),
				since, "other brokers of %s do".formatted(this.servers));
	}

}
