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
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.consumer.internals.ConsumerNetworkClient;
import org.apache.kafka.clients.consumer.internals.RequestFuture;
import org.apache.kafka.clients.consumer.internals.RequestFutureListener;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The heartbeats of a member beside those of Kafka's heartbeat thread, which pauses while
 * a JoinGroup or SyncGroup waits, and knows no hurry. With a thread for what has to be
 * done while the group's thread waits.
 */
final class Heartbeats {

	private static final Logger logger = LoggerFactory.getLogger(Heartbeats.class);

	/** Between two heartbeats that others have prompted, however often they do. */
	static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);

	/** How long the coordinator usually takes to begin a rebalance that is requested. */
	private static final Duration CONFIRMATION = Duration.ofMillis(5);

	private static final int MOST_CONFIRMATIONS = 40;

	/**
	 * A rebalance in which shards are revoked is soon followed by another one: so long
	 * after an assignment heartbeats ask for it where nobody tells.
	 */
	private static final List<Duration> AFTER_ASSIGNMENT = List.of(Duration.ofMillis(60), Duration.ofMillis(140),
			Duration.ofMillis(260));

	private final GroupSettings settings;

	private final TaskGroupCoordinator coordinator;

	private final ConsumerNetworkClient network;

	private final MembershipObserver observer;

	private final CrashResponse crashes;

	private final Time time;

	private final ScheduledExecutorService timer;

	private final AtomicBoolean prompted = new AtomicBoolean();

	private volatile long mayPromptNanos;

	Heartbeats(GroupSettings settings, TaskGroupCoordinator coordinator, ConsumerNetworkClient network,
			MembershipObserver observer, CrashResponse crashes, Time time) {
		this.settings = settings;
		this.coordinator = coordinator;
		this.network = network;
		this.observer = observer;
		this.crashes = crashes;
		this.time = time;
		this.mayPromptNanos = time.nanoseconds();
		this.timer = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task, "distributed-task-timer-" + settings.groupId());
			thread.setDaemon(true);
			return thread;
		});
		long interval = settings.heartbeatInterval().toMillis();
		this.timer.scheduleWithFixedDelay(() -> survive(this::whileWaiting), interval, interval, TimeUnit.MILLISECONDS);
	}

	/**
	 * An exception would end the timer, and with it all further heartbeats.
	 */
	private static void survive(Runnable action) {
		try {
			action.run();
		}
		catch (Throwable ex) {
			logger.debug("Could not send a heartbeat", ex);
		}
	}

	/**
	 * Do something soon.
	 * @return what can be cancelled, {@code null} if the client is closed
	 */
	@Nullable ScheduledFuture<?> in(Duration delay, Runnable action) {
		try {
			return this.timer.schedule(() -> survive(action), delay.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			return null;
		}
	}

	/**
	 * Send a heartbeat over the second connection if a JoinGroup or SyncGroup waits.
	 */
	private void whileWaiting() {
		MembershipObserver.Waiting waiting = this.observer.waiting();
		MembershipObserver.Current member = (waiting != null) ? waiting.member() : null;
		if (member != null) {
			this.network.send(GroupClient.second(member.node()), heartbeat(member),
					(int) this.settings.sessionTimeout().toMillis());
		}
	}

	/**
	 * Send a heartbeat now, or as soon as the pause after the last one that was prompted
	 * is over. Any thread.
	 */
	void prompt() {
		if (this.prompted.compareAndSet(false, true)) {
			long pause = Math.max(0, this.mayPromptNanos - this.time.nanoseconds());
			in(Duration.ofNanos(pause), () -> {
				this.mayPromptNanos = this.time.nanoseconds() + SHORTEST_PAUSE.toNanos();
				this.prompted.set(false);
				now();
			});
		}
	}

	/**
	 * If the group is rebalancing, this member joins.
	 */
	private void now() {
		MembershipObserver.Current current = this.observer.current();
		if (this.observer.waiting() != null || current == null) {
			whileWaiting();
			return;
		}
		this.network.send(current.node(), heartbeat(current)).addListener(new RequestFutureListener<>() {

			@Override
			public void onSuccess(ClientResponse response) {
				if (errorOf(response) == Errors.REBALANCE_IN_PROGRESS
						&& current.equals(Heartbeats.this.observer.current())
						&& Heartbeats.this.observer.waiting() == null) {
					Heartbeats.this.coordinator.rejoin("the group is rebalancing");
					Heartbeats.this.network.wakeup();
				}
			}

			@Override
			public void onFailure(RuntimeException ex) {
				// Kafka's own heartbeats find out
			}

		});
	}

	/**
	 * A join begins: ask the coordinator soon whether it has begun the rebalance that
	 * this member may have requested, if others want to know.
	 */
	void confirmRebalance() {
		confirmRebalance(MOST_CONFIRMATIONS);
	}

	private void confirmRebalance(int times) {
		if (this.crashes.wantsConfirmation() && times > 0) {
			in(CONFIRMATION, () -> {
				whileWaiting();
				confirmRebalance(times - 1);
			});
		}
	}

	/**
	 * An assignment has come.
	 */
	void assigned() {
		if (!this.crashes.isOn() && this.settings.heartbeatInterval().compareTo(SHORTEST_PAUSE.multipliedBy(4)) > 0) {
			AFTER_ASSIGNMENT.forEach((delay) -> in(delay, this::prompt));
		}
	}

	/**
	 * Ask the coordinator, by a heartbeat, whether this member is still in the generation
	 * whose assignment it has just received: the assignment may have waited for longer
	 * than its session. A response that the group is rebalancing again proves it, too:
	 * until that is done, this assignment is in force. The group's thread.
	 * @param patience how long to wait, in milliseconds
	 */
	boolean isStillMember(String memberId, int generation, long patience) {
		Node node = this.observer.coordinator();
		if (node == null) {
			return false;
		}
		RequestFuture<ClientResponse> answer = this.network.send(node,
				heartbeat(new MembershipObserver.Current(node, memberId, generation)));
		this.network.poll(answer, this.time.timer(patience), true);
		Errors error = answer.succeeded() ? errorOf(answer.value()) : Errors.UNKNOWN_SERVER_ERROR;
		return error == Errors.NONE || error == Errors.REBALANCE_IN_PROGRESS;
	}

	private static Errors errorOf(ClientResponse response) {
		return (response.responseBody() instanceof HeartbeatResponse heartbeat) ? heartbeat.error()
				: Errors.UNKNOWN_SERVER_ERROR;
	}

	private HeartbeatRequest.Builder heartbeat(MembershipObserver.Current member) {
		return new HeartbeatRequest.Builder(new HeartbeatRequestData().setGroupId(this.settings.groupId())
			.setGroupInstanceId(this.settings.staticMemberId())
			.setMemberId(member.memberId())
			.setGenerationId(member.generation()));
	}

	void close() {
		this.timer.shutdownNow();
	}

}
