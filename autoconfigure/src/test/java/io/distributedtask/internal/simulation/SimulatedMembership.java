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

package io.distributedtask.internal.simulation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.port.Budget;
import io.distributedtask.internal.port.Callbacks;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.GroupDescription;
import io.distributedtask.internal.port.GroupException;
import io.distributedtask.internal.port.GroupMembership;
import io.distributedtask.internal.port.MemberSettings;
import io.distributedtask.internal.port.Round;
import io.distributedtask.internal.simulation.SimulatedRequests.Code;
import io.distributedtask.internal.simulation.SimulatedRequests.Described;
import io.distributedtask.internal.simulation.SimulatedRequests.Join;
import io.distributedtask.internal.simulation.SimulatedRequests.Joined;
import io.distributedtask.internal.simulation.SimulatedRequests.Sync;
import io.distributedtask.internal.simulation.SimulatedRequests.Synced;
import org.jspecify.annotations.Nullable;

/**
 * A member of a {@link SimulatedBroker}'s group that behaves as one on kafka-clients'
 * AbstractCoordinator does, without threads: {@link #poll} does what there is to do and
 * returns at once; the heartbeat thread is a rhythm in virtual time.
 * <p>
 * What proves that the member's session was prolonged is a heartbeat only. While
 * SyncGroup waits an answer of NONE counts as an answer that the group is rebalancing,
 * for the broker will drop a member whose SyncGroup does not arrive. An assignment is
 * confirmed by one heartbeat.
 */
public final class SimulatedMembership implements GroupMembership {

	private static final long RETRY_BACKOFF = VirtualTime.millis(100);

	private static final int FAILURES_TO_REPORT = 5;

	private final VirtualTime time;

	private final SimulatedProcess process;

	private final SimulatedNetwork.Link link;

	private final SimulatedBroker broker;

	private final MemberSettings settings;

	private final List<String> protocols;

	private final Clocks clocks;

	private final Random random;

	private final Runnable wakeup;

	private final Consumer<String> trace;

	private final Consumer<Throwable> unexpected;

	private final Deque<Arrival> inbox = new ArrayDeque<>();

	private final Map<SimulatedNetwork.Connection, Long> heartbeatsInFlight = new HashMap<>();

	private SimulatedNetwork.@Nullable Connection main;

	private SimulatedNetwork.@Nullable Connection second;

	private @Nullable Callbacks callbacks;

	private State state = State.UNJOINED;

	private Generation generation = Generation.NONE;

	private boolean rejoinNeeded = true;

	private boolean joining;

	private @Nullable Outcome outcome;

	private long retryAt;

	private long lastPoll;

	private int failures;

	private boolean contactGiven;

	private @Nullable Sent gathering;

	private int gatheringAfter;

	private @Nullable Sent completing;

	private @Nullable Generation completingGeneration;

	private boolean closed;

	private int rounds;

	private int requests;

	private final @Nullable String staticId;

	private boolean asking;

	private @Nullable Described admission;

	private boolean fenced;

	public SimulatedMembership(VirtualTime time, SimulatedProcess process, SimulatedNetwork.Link link,
			SimulatedBroker broker, MemberSettings settings, List<String> protocols, Clocks clocks, Random random,
			Runnable wakeup, Consumer<String> trace, Consumer<Throwable> unexpected) {
		this.time = time;
		this.process = process;
		this.link = link;
		this.broker = broker;
		this.settings = settings;
		this.protocols = protocols;
		this.clocks = clocks;
		this.random = random;
		this.wakeup = wakeup;
		this.trace = trace;
		this.unexpected = unexpected;
		this.lastPoll = time.now();
		this.staticId = settings.staticMember() ? "id-" + settings.instance() : null;
		beat();
	}

	/*
	 * The group's thread.
	 */

	@Override
	public void poll(Duration timeout, Callbacks callbacks) {
		try {
			poll(callbacks);
		}
		catch (GroupException ex) {
			throw ex;
		}
		catch (RuntimeException | AssertionError ex) {
			this.unexpected.accept(ex);
			throw ex;
		}
	}

	private void poll(Callbacks callbacks) {
		this.callbacks = callbacks;
		this.lastPoll = this.time.now();
		handleArrivals(true);
		while (this.rejoinNeeded || this.joining) {
			if (!this.joining) {
				if (this.time.now() >= this.retryAt && isAdmitted(callbacks)) {
					sendJoin(callbacks);
				}
				return;
			}
			Outcome outcome = this.outcome;
			if (outcome == null) {
				return;
			}
			if (outcome.synced() != null) {
				if (!complete(outcome.synced(), callbacks)) {
					return;
				}
			}
			else {
				failed(outcome);
			}
		}
	}

	/**
	 * A static member that joins as a newcomer asks first who has its id.
	 */
	private boolean isAdmitted(Callbacks callbacks) {
		String id = this.staticId;
		if (id == null || !this.generation.memberId().isEmpty()) {
			return true;
		}
		Described answer = this.admission;
		this.admission = null;
		if (answer == null) {
			if (!this.asking) {
				this.asking = true;
				this.link.connect().<Described>send((reply) -> reply.accept(this.broker.describe(id)), (described) -> {
					this.asking = false;
					this.admission = described;
					this.wakeup.run();
				}, () -> {
					this.asking = false;
					this.retryAt = this.time.now() + RETRY_BACKOFF;
				});
			}
			return false;
		}
		if (answer.held() && this.fenced) {
			throw new GroupException("Another process has the static id", true, new IllegalStateException());
		}
		this.fenced = false;
		if (answer.held()) {
			callbacks.replaces(answer.assignment());
		}
		return true;
	}

	private boolean complete(Synced synced, Callbacks callbacks) {
		if (this.generation.id() < 0 || this.state != State.STABLE) {
			end();
			reset(true);
			return true;
		}
		if (!this.contactGiven) {
			if (this.rejoinNeeded) {
				end();
			}
			return this.rejoinNeeded;
		}
		this.trace.accept(this + " is assigned in generation " + this.generation.id() + ": " + text(synced));
		callbacks.assigned(this.generation.memberId(), this.generation.id(), String.valueOf(this.generation.protocol()),
				synced.assignment());
		this.rounds++;
		end();
		return true;
	}

	private static String text(Synced synced) {
		MemberAssignment assignment = synced.assignment();
		if (assignment == null) {
			return "nothing";
		}
		List<String> grants = assignment.grants()
			.stream()
			.map((grant) -> grant.task() + "[" + grant.shards() + "]"
					+ ((grant.generation() == assignment.generation()) ? " new" : ""))
			.toList();
		return grants + " revoked " + assignment.revoked();
	}

	private static String text(MemberMetadata words) {
		List<String> claims = words.claims()
			.stream()
			.map((claim) -> claim.task() + "[" + claim.shards() + "] " + claim.hold())
			.toList();
		return "generation " + words.generation() + " claims " + claims + " releases "
				+ words.releases().stream().map(MemberMetadata.Progress::id).toList()
				+ (words.draining() ? " draining" : "") + (words.replacing() ? " replacing" : "");
	}

	private void failed(Outcome outcome) {
		end();
		this.rejoinNeeded = true;
		RuntimeException failure = outcome.failure();
		if (failure != null) {
			throw failure;
		}
		if (!outcome.atOnce()) {
			this.retryAt = this.time.now() + RETRY_BACKOFF;
			this.process.after(RETRY_BACKOFF, this.wakeup);
			if (++this.failures >= FAILURES_TO_REPORT && this.random.nextInt(4) == 0) {
				throw new GroupException("The coordinator does not answer", false, new IllegalStateException());
			}
		}
	}

	private void end() {
		this.joining = false;
		this.outcome = null;
	}

	private void sendJoin(Callbacks callbacks) {
		MemberMetadata words = callbacks.memberMetadata();
		this.state = State.PREPARING;
		this.joining = true;
		this.outcome = null;
		Generation sent = this.generation;
		this.trace.accept(this + " sends JoinGroup: " + text(words));
		Join request = new Join(sent.memberId(), this.staticId, this.settings.sessionTimeout(),
				this.settings.rebalanceTimeout(), this.protocols, words);
		SimulatedNetwork.Connection connection = main();
		timeOut(connection, this.settings.rebalanceTimeout().plusSeconds(5));
		connection.<Joined>send((reply) -> this.broker.join(request, reply),
				(joined) -> arrived(false, () -> onJoined(sent, joined)), () -> arrived(false, this::onDisconnect));
	}

	/**
	 * Give up a request that is not answered in time, and its connection with it.
	 */
	private void timeOut(SimulatedNetwork.Connection connection, Duration limit) {
		int request = ++this.requests;
		this.process.after(limit.toNanos(), () -> {
			if (this.joining && this.outcome == null && request == this.requests && connection == this.main) {
				connection.close();
			}
		});
	}

	private void onJoined(Generation sent, Joined joined) {
		this.failures = 0;
		switch (joined.code()) {
			case NONE -> {
				if (this.state != State.PREPARING) {
					this.outcome = Outcome.retry(false);
					return;
				}
				this.state = State.COMPLETING;
				Sent gathering = this.gathering;
				if (gathering != null && this.gatheringAfter + 1 == joined.generation()
						&& this.generation.memberId().equals(joined.memberId())) {
					callbacks().waitsAnew(gathering.nanos(), gathering.millis());
				}
				this.gathering = null;
				this.generation = new Generation(joined.generation(), joined.memberId(), joined.protocol());
				heartbeat();
				sendSync(joined);
			}
			case MEMBER_ID_REQUIRED -> {
				this.generation = new Generation(-1, joined.memberId(), null);
				this.rejoinNeeded = true;
				this.outcome = Outcome.retry(true);
			}
			default -> {
				if (sent.equals(this.generation)) {
					this.fenced = joined.code() == Code.FENCED_INSTANCE_ID;
					lost(joined.code() + " in answer to JoinGroup", true);
				}
				this.outcome = Outcome.retry(true);
			}
		}
	}

	private void sendSync(Joined joined) {
		Map<String, MemberAssignment> assignments = Map.of();
		if (joined.memberId().equals(joined.leader()) && !joined.skipAssignment()) {
			try {
				assignments = callbacks().assign(new Round(joined.generation(), String.valueOf(joined.protocol()),
						joined.memberId(), joined.members(), Map.of(), true, Budget.UNLIMITED, joined.staticIds()));
			}
			catch (RuntimeException ex) {
				this.outcome = new Outcome(null, ex, false);
				return;
			}
		}
		Generation sent = this.generation;
		Sync request = new Sync(sent.memberId(), this.staticId, sent.id(), assignments);
		Sent sentAt = new Sent(this.clocks.nanos(), this.clocks.millis());
		SimulatedNetwork.Connection connection = main();
		timeOut(connection, this.settings.sessionTimeout());
		connection.<Synced>send((reply) -> this.broker.sync(request, reply),
				(synced) -> arrived(true, () -> onSynced(sent, sentAt, synced)),
				() -> arrived(true, this::onDisconnect));
	}

	private void onSynced(Generation sent, Sent sentAt, Synced synced) {
		switch (synced.code()) {
			case NONE -> {
				if (sent.equals(this.generation)) {
					callbacks().waitsAnew(sentAt.nanos(), sentAt.millis());
				}
				if (this.generation.id() >= 0 && this.state == State.COMPLETING) {
					this.state = State.STABLE;
					this.rejoinNeeded = false;
					this.outcome = new Outcome(synced, null, false);
					this.contactGiven = false;
					heartbeat();
				}
				else {
					this.outcome = Outcome.retry(true);
				}
			}
			case REBALANCE_IN_PROGRESS -> this.outcome = Outcome.retry(true);
			default -> {
				if (sent.equals(this.generation)) {
					this.fenced = synced.code() == Code.FENCED_INSTANCE_ID;
					lost(synced.code() + " in answer to SyncGroup", synced.code() != Code.ILLEGAL_GENERATION);
				}
				this.outcome = Outcome.retry(true);
			}
		}
	}

	private void onDisconnect() {
		if (this.joining && this.outcome == null) {
			this.outcome = Outcome.retry(false);
		}
	}

	/*
	 * What arrives.
	 */

	/**
	 * Answers are looked at by the group's thread, or by the heartbeat thread if it comes
	 * first; the answer to JoinGroup by the group's thread only.
	 */
	private void arrived(boolean byAnyThread, Runnable action) {
		if (this.closed) {
			return;
		}
		this.inbox.add(new Arrival(byAnyThread, action));
		this.wakeup.run();
		this.process.after((long) (this.random.nextDouble() * VirtualTime.millis(4)), () -> handleArrivals(false));
	}

	private void handleArrivals(boolean groupThread) {
		Arrival next = this.inbox.peek();
		while (next != null && !this.closed && (groupThread || next.byAnyThread())) {
			this.inbox.remove();
			next.action().run();
			next = this.inbox.peek();
		}
	}

	private Callbacks callbacks() {
		Callbacks callbacks = this.callbacks;
		if (callbacks == null) {
			throw new IllegalStateException("Nothing can have been sent before the first poll");
		}
		return callbacks;
	}

	private void contact(Sent sent, boolean rebalancing) {
		this.contactGiven = this.contactGiven || !rebalancing;
		callbacks().contact(sent.nanos(), sent.millis(), rebalancing);
	}

	private void lost(String reason, boolean forgetMember) {
		this.trace.accept(this + " is no member any more: " + reason);
		reset(forgetMember);
		callbacks().membershipLost(reason);
	}

	private void reset(boolean forgetMember) {
		this.state = State.UNJOINED;
		this.generation = forgetMember ? Generation.NONE : new Generation(-1, this.generation.memberId(), null);
		this.rejoinNeeded = true;
		this.contactGiven = false;
	}

	/*
	 * The heartbeat thread.
	 */

	private void beat() {
		if (this.closed) {
			return;
		}
		this.process.after(this.settings.heartbeatInterval().toNanos(), this::beat);
		if (this.generation.id() < 0 || this.state == State.UNJOINED) {
			return;
		}
		if (this.time.now() - this.lastPoll > this.settings.rebalanceTimeout().toNanos()) {
			String member = this.generation.memberId();
			SimulatedNetwork.Connection connection = second();
			if (this.staticId != null) {
				// kafka-clients forgets the membership, and tells nobody
				reset(true);
				return;
			}
			lost("the group's thread does not come back", true);
			connection.<Code>send((reply) -> reply.accept(this.broker.leave(member)), (code) -> {
			}, () -> {
			});
			return;
		}
		heartbeat();
	}

	private void heartbeat() {
		if (this.closed || this.generation.id() < 0 || this.state == State.UNJOINED) {
			return;
		}
		boolean waiting = this.joining && this.outcome == null;
		SimulatedNetwork.Connection connection = waiting ? second() : main();
		Long since = this.heartbeatsInFlight.get(connection);
		if (since != null) {
			if (this.time.now() - since > this.settings.sessionTimeout().toNanos()) {
				connection.close();
			}
			return;
		}
		this.heartbeatsInFlight.keySet().removeIf((other) -> !other.isOpen());
		this.heartbeatsInFlight.put(connection, this.time.now());
		Generation generation = this.generation;
		Sent sent = new Sent(this.clocks.nanos(), this.clocks.millis());
		connection.<Code>send(
				(reply) -> reply.accept(this.broker.heartbeat(generation.memberId(), this.staticId, generation.id())),
				(code) -> {
					this.heartbeatsInFlight.remove(connection);
					arrived(true, () -> onHeartbeat(generation, sent, code));
				}, () -> {
					this.heartbeatsInFlight.remove(connection);
					this.process.after(RETRY_BACKOFF, this::heartbeat);
				});
	}

	private void onHeartbeat(Generation sentGeneration, Sent sent, Code code) {
		switch (code) {
			case NONE -> {
				if (!sentGeneration.memberId().equals(this.generation.memberId())) {
					return;
				}
				if (sentGeneration.equals(this.generation)) {
					this.completing = sent;
					this.completingGeneration = sentGeneration;
				}
				contact(sent, this.state != State.STABLE);
				this.wakeup.run();
			}
			case REBALANCE_IN_PROGRESS -> {
				if (!sentGeneration.memberId().equals(this.generation.memberId())) {
					return;
				}
				if (sentGeneration.equals(this.generation)) {
					this.gathering = sent;
					this.gatheringAfter = sentGeneration.id();
					Sent completing = this.completing;
					if (completing != null && sentGeneration.equals(this.completingGeneration)) {
						callbacks().waitsAnew(completing.nanos(), completing.millis());
					}
					this.completing = null;
				}
				if (this.state == State.STABLE && sentGeneration.equals(this.generation)) {
					this.contactGiven = true;
				}
				contact(sent, true);
				if (this.state == State.STABLE) {
					this.rejoinNeeded = true;
					this.wakeup.run();
				}
			}
			case ILLEGAL_GENERATION -> {
				// a JoinGroup that has been carried out changes the generation before
				// its answer is here
				if (sentGeneration.equals(this.generation) && this.state != State.PREPARING) {
					lost("ILLEGAL_GENERATION in answer to a heartbeat", false);
				}
			}
			default -> {
				if (sentGeneration.equals(this.generation)) {
					this.fenced = code == Code.FENCED_INSTANCE_ID;
					lost(code + " in answer to a heartbeat", true);
				}
			}
		}
	}

	/*
	 * Connections.
	 */

	private SimulatedNetwork.Connection main() {
		SimulatedNetwork.Connection connection = this.main;
		if (connection == null || !connection.isOpen()) {
			connection = this.link.connect();
			this.main = connection;
		}
		return connection;
	}

	private SimulatedNetwork.Connection second() {
		SimulatedNetwork.Connection connection = this.second;
		if (connection == null || !connection.isOpen()) {
			connection = this.link.connect();
			this.second = connection;
		}
		return connection;
	}

	/**
	 * Let the first connection go dead without a word.
	 */
	void swallowMain() {
		main().swallow();
	}

	@Override
	public void wakeup() {
		this.wakeup.run();
	}

	@Override
	public void requestRejoin(String reason) {
		if (!this.rejoinNeeded) {
			this.trace.accept(this + " wants to join again: " + reason);
		}
		this.rejoinNeeded = true;
	}

	@Override
	public void leave(String reason, Duration timeout) {
		String member = this.generation.memberId();
		boolean waiting = this.joining && this.outcome == null;
		if ((this.staticId == null || waiting) && !member.isEmpty() && this.state != State.UNJOINED) {
			this.trace.accept(this + " sends LeaveGroup");
			SimulatedNetwork.Connection connection = waiting ? second() : main();
			connection.<Code>send((reply) -> reply.accept(this.broker.leave(member)), (code) -> {
			}, () -> {
			});
		}
		reset(true);
		end();
	}

	@Override
	public @Nullable GroupDescription describe(Duration timeout) {
		return null;
	}

	@Override
	public void close() {
		this.closed = true;
		List.of(main(), second()).forEach(SimulatedNetwork.Connection::close);
	}

	String memberId() {
		return this.generation.memberId();
	}

	int generation() {
		return this.generation.id();
	}

	/**
	 * Whether this member has ever had an assignment.
	 */
	boolean isEstablished() {
		return this.rounds > 0;
	}

	boolean isStable() {
		return this.state == State.STABLE && !this.rejoinNeeded && !this.joining;
	}

	@Override
	public String toString() {
		return this.settings.instance() + "(" + this.generation.memberId() + ")";
	}

	/**
	 * The states of a member, as AbstractCoordinator has them.
	 */
	private enum State {

		UNJOINED, PREPARING, COMPLETING, STABLE

	}

	private record Generation(int id, String memberId, @Nullable String protocol) {

		private static final Generation NONE = new Generation(-1, "", null);

	}

	private record Sent(long nanos, long millis) {
	}

	private record Arrival(boolean byAnyThread, Runnable action) {
	}

	/**
	 * How an attempt to join has ended: with an assignment, a failure to raise, or in
	 * order to try again.
	 */
	private record Outcome(@Nullable Synced synced, @Nullable RuntimeException failure, boolean atOnce) {

		static Outcome retry(boolean atOnce) {
			return new Outcome(null, null, atOnce);
		}

	}

}
