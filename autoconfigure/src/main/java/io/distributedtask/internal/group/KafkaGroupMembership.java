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
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.distributedtask.Membership;
import io.distributedtask.internal.group.wire.MessageCodec;
import io.distributedtask.internal.port.Callbacks;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.CrashWatch;
import io.distributedtask.internal.port.GroupDescription;
import io.distributedtask.internal.port.GroupException;
import io.distributedtask.internal.port.GroupMembership;
import io.distributedtask.internal.port.GroupRecordRefusedException;
import io.distributedtask.internal.port.Silence;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.requests.DescribeGroupsResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Membership in a Kafka group of protocol type {@code distributed-task}, by the classic
 * group protocol (JoinGroup, SyncGroup, Heartbeat, LeaveGroup) that Kafka Connect and
 * schema registries use too. Needs no topic and no consumer, and no permission but READ
 * on the group.
 */
public final class KafkaGroupMembership implements GroupMembership {

	private static final Logger logger = LoggerFactory.getLogger(KafkaGroupMembership.class);

	/**
	 * A member that wants to join at once polls without a timeout, which would keep a
	 * processor busy while there is no coordinator.
	 */
	private static final Duration SHORTEST_SEARCH = Duration.ofMillis(50);

	/** How long a discarded client may take to leave the group. */
	private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(1);

	private static final String GIVEN_UP = "Kafka's client failed, and is created again";

	private final GroupSettings settings;

	private final Map<String, Object> kafkaProperties;

	private final MessageCodec codec;

	private final StaticMemberGate admission;

	private final GroupErrors errors;

	private final BrokerContacts contacts;

	private final @Nullable CrashWatch watch;

	private volatile @Nullable GroupClient client;

	/** Whether the client was discarded, and the membership with it. */
	private boolean lost;

	/**
	 * Create a membership without a crash watch.
	 */
	public KafkaGroupMembership(GroupSettings settings, Map<String, Object> kafkaProperties) {
		this(settings, kafkaProperties, null);
	}

	/**
	 * Create a membership. Does no I/O and starts no thread before the first poll.
	 * @param settings the group
	 * @param kafkaProperties the properties of the Kafka client, of which those about
	 * connections and security are used
	 * @param watch the crash watch, closed with the membership; {@code null} for none
	 */
	public KafkaGroupMembership(GroupSettings settings, Map<String, Object> kafkaProperties,
			@Nullable CrashWatch watch) {
		this(settings, kafkaProperties, watch, new MessageCodec());
	}

	KafkaGroupMembership(GroupSettings settings, Map<String, Object> kafkaProperties, @Nullable CrashWatch watch,
			MessageCodec codec) {
		this.watch = watch;
		this.codec = codec;
		this.settings = settings;
		this.kafkaProperties = Map.copyOf(kafkaProperties);
		this.admission = new StaticMemberGate(settings.staticMemberId() != null);
		List<String> servers = servers(kafkaProperties.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG));
		this.errors = new GroupErrors(settings, String.join(",", servers), new Secrets(kafkaProperties));
		this.contacts = new BrokerContacts(settings, servers, String.valueOf(kafkaProperties
			.getOrDefault(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, CommonClientConfigs.DEFAULT_SECURITY_PROTOCOL)),
				Clocks.SYSTEM);
	}

	private static List<String> servers(@Nullable Object configured) {
		return (configured instanceof Collection<?> servers) ? servers.stream().map(String::valueOf).toList()
				: Stream.of(String.valueOf(configured).split(",")).map(String::strip).toList();
	}

	@Override
	public void poll(Duration timeout, Callbacks callbacks) {
		this.contacts.asked();
		try {
			GroupClient client = open(callbacks);
			client.lookAfter();
			if (client.findCoordinator((timeout.compareTo(SHORTEST_SEARCH) < 0) ? SHORTEST_SEARCH : timeout)) {
				client.poll(timeout);
			}
		}
		catch (WakeupException | InterruptException ex) {
			// the time is over, or the group's thread was woken up
		}
		catch (CallbackFailure ex) {
			this.admission.withdraw();
			ifOpen(GroupClient::forgetFailures);
			throw ex.unwrap();
		}
		catch (KafkaException | GroupException ex) {
			GroupException explained = this.errors.explain(ex);
			prepareNextAttempt(ex, explained);
			throw explained;
		}
		catch (Throwable ex) {
			giveUpClient(callbacks);
			throw ex;
		}
	}

	/**
	 * Kafka's client keeps state of failures: a connection to a broker that is too old,
	 * for instance, is never checked again, although it was closed. Unless a membership
	 * would be lost with it, the next attempt uses a new client.
	 */
	private void prepareNextAttempt(RuntimeException cause, GroupException failure) {
		this.admission.withdraw();
		GroupClient current = this.client;
		if (current == null) {
			return;
		}
		if (failure instanceof GroupRecordRefusedException) {
			current.recordRefused();
		}
		if (failure.needsRemedy() && (!current.isMember() || cause instanceof UnsupportedVersionException)) {
			closeClient();
		}
		else {
			current.forgetFailures();
		}
	}

	private void ifOpen(Consumer<GroupClient> action) {
		GroupClient current = this.client;
		if (current != null) {
			action.accept(current);
		}
	}

	/**
	 * Kafka's client is in an unknown state: it may never treat a request as answered, or
	 * its heartbeat thread may have ended. The next attempt uses a new client, which is
	 * another member: so this one has lost its membership, and leaves, because the others
	 * would wait for it for a session timeout.
	 */
	private void giveUpClient(Callbacks callbacks) {
		this.admission.withdraw();
		GroupClient current = this.client;
		if (current == null) {
			return;
		}
		this.lost = true;
		try {
			callbacks.membershipLost(GIVEN_UP);
			current.leave(GIVEN_UP, LONGEST_FAREWELL);
		}
		catch (Throwable ex) {
			logger.debug("The discarded client could not leave the group", ex);
		}
		finally {
			closeClient();
		}
	}

	private GroupClient open(Callbacks callbacks) {
		GroupClient current = this.client;
		if (current == null) {
			if (this.lost) {
				// may have failed before, and the following code relies on it
				callbacks.membershipLost(GIVEN_UP);
				this.lost = false;
			}
			current = create(callbacks);
			this.client = current;
		}
		return current;
	}

	private GroupClient create(Callbacks callbacks) {
		this.contacts.startAnew();
		try {
			return new GroupClient(this.settings, new ClientConfig(this.kafkaProperties), this.codec, this.admission,
					callbacks, this.contacts, this.watch);
		}
		catch (RuntimeException ex) {
			throw this.errors.explainCreation(ex);
		}
	}

	@Override
	public void keepAlive() {
		ifOpen(GroupClient::keepAlive);
	}

	@Override
	public void wakeup() {
		ifOpen(GroupClient::wakeup);
	}

	@Override
	public void requestRejoin(String reason) {
		ifOpen((client) -> client.requestRejoin(reason));
	}

	@Override
	public void leave(String reason, Duration timeout) {
		try {
			ifOpen((client) -> client.leave(reason, timeout));
		}
		finally {
			closeClient();
		}
	}

	@Override
	public @Nullable GroupDescription describe(Duration timeout) {
		GroupClient current = this.client;
		if (current == null) {
			return null;
		}
		try {
			DescribeGroupsResponse answer = current.describe().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
			return (answer != null) ? current.read(answer) : null;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return null;
		}
		catch (ExecutionException | TimeoutException ex) {
			return null;
		}
		catch (RuntimeException | Error ex) {
			logger.warn("The coordinator's description of group '{}' cannot be decoded: the group is shown as this "
					+ "instance knows it", this.settings.groupId(), ex);
			return null;
		}
	}

	@Override
	public @Nullable Silence silence() {
		return this.contacts.silence();
	}

	@Override
	public Membership.@Nullable Watch watch() {
		return (this.watch != null) ? this.watch.status() : null;
	}

	private void closeClient() {
		GroupClient current = this.client;
		this.client = null;
		if (current != null) {
			current.close();
		}
	}

	@Override
	public void close() {
		closeClient();
		if (this.watch != null) {
			// others take it for the end of this process, which owns nothing any more
			this.watch.close();
		}
	}

}
