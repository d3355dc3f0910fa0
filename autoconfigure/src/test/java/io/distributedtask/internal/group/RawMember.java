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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.Supplier;

import io.distributedtask.internal.group.wire.MalformedMessageException;
import io.distributedtask.internal.group.wire.MessageCodec;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.message.MemberAssignment.Shards;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Hold;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * A member of a group that says whatever a test wants it to say, on a thread of its own.
 * Unless told otherwise it knows no task and owns nothing, and as the leader leaves
 * everything where it is.
 */
public final class RawMember implements AutoCloseable {

	private static final MessageCodec CODEC = new MessageCodec(1);

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final Builder settings;

	private final Queue<RuntimeException> failures = new ConcurrentLinkedQueue<>();

	private final RawCoordinator coordinator;

	private final Thread thread;

	private volatile boolean ended;

	private volatile boolean leaves;

	private volatile String memberId = "";

	private volatile int generation = -1;

	private volatile boolean leader;

	private volatile int ledGeneration = -1;

	private volatile Map<String, byte[]> heard = Map.of();

	private volatile byte @Nullable [] assignment;

	private RawMember(Builder builder) {
		this.settings = builder;
		this.coordinator = new RawCoordinator(builder, this);
		this.thread = new Thread(this::takePart, "raw-member-" + builder.groupId);
		this.thread.setDaemon(true);
		this.thread.start();
	}

	/**
	 * Say what member to start.
	 * @param bootstrapServers where the brokers are
	 * @param groupId the group
	 * @return a builder
	 */
	public static Builder builder(String bootstrapServers, String groupId) {
		return new Builder(bootstrapServers, groupId);
	}

	/**
	 * Remove another member, as an administrator's tool does. Kafka's {@code Admin}
	 * removes a member of such a group only by its {@code group.instance.id}, which a
	 * dynamic member does not have; to remove all members it first describes the group,
	 * and refuses one that is no consumer group. So this sends a LeaveGroup that names
	 * the member.
	 * @param bootstrapServers where the brokers are
	 * @param groupId the group
	 * @param memberId the member to remove
	 * @throws IllegalStateException if the coordinator refuses
	 */
	public static void evict(String bootstrapServers, String groupId, String memberId) {
		evict(builder(bootstrapServers, groupId), memberId);
	}

	/**
	 * Remove another member, see {@link #evict(String, String, String)}.
	 * @param settings where and with which properties to connect
	 * @param memberId the member to remove
	 */
	public static void evict(Builder settings, String memberId) {
		RawCoordinator coordinator = new RawCoordinator(settings, null);
		try {
			coordinator.evict(memberId, PATIENCE);
		}
		finally {
			coordinator.shut();
		}
	}

	/**
	 * What an honest member would say.
	 * @param state its state
	 * @return the bytes
	 */
	public static byte[] words(MemberMetadata state) {
		return bytes(CODEC.encode(state, null));
	}

	/**
	 * What an honest leader would say to a member.
	 * @param assignment the assignment
	 * @return the bytes
	 */
	public static byte[] words(MemberAssignment assignment) {
		return bytes(CODEC.encode(assignment, false));
	}

	/**
	 * What an honest member has said.
	 * @param words the bytes
	 * @return its state
	 */
	public static MemberMetadata read(byte[] words) {
		return CODEC.decodeMember(ByteBuffer.wrap(words)).state();
	}

	/**
	 * A member with a name that knows no task and owns nothing.
	 * @param instance the name
	 * @return the state
	 */
	public static MemberMetadata idle(String instance) {
		return new MemberMetadata(instance, instance, 0, null, Map.of(), 1.0, false, -1, 0, List.of(), List.of(),
				List.of());
	}

	/**
	 * The assignments by which every member keeps what it says that it owns.
	 * @param generation the generation of the assignments
	 * @param members the words of the members by member id
	 * @return the bytes by member id
	 */
	public static Map<String, byte[]> keepAll(int generation, Map<String, byte[]> members) {
		Map<String, byte[]> answers = new HashMap<>();
		members.forEach((memberId, bytes) -> {
			MemberMetadata state;
			try {
				state = CODEC.decodeMember(ByteBuffer.wrap(bytes)).state();
			}
			catch (MalformedMessageException ex) {
				return;
			}
			List<Grant> grants = state.claims()
				.stream()
				.filter((claim) -> claim.hold() == Hold.OWNED)
				.map((claim) -> new Grant(claim.task(), claim.shardCount(), claim.token(), claim.since(),
						claim.generation(), Origin.HANDED_OVER, claim.shards()))
				.toList();
			List<Shards> revoked = state.claims()
				.stream()
				.filter((claim) -> claim.hold() == Hold.REVOKING)
				.map((claim) -> new Shards(claim.task(), claim.shards()))
				.toList();
			answers.put(memberId, words(new MemberAssignment(generation, "raw", state.instance(), state.incarnation(),
					members.size(), state.highestToken(), grants, revoked, List.of(), List.of(), null)));
		});
		return answers;
	}

	private static byte[] bytes(ByteBuffer buffer) {
		byte[] bytes = new byte[buffer.remaining()];
		buffer.get(bytes);
		return bytes;
	}

	private void takePart() {
		try {
			while (!this.ended) {
				try {
					this.coordinator.takeTurn();
				}
				catch (WakeupException ex) {
					// somebody wants the thread
				}
				catch (RuntimeException ex) {
					this.failures.add(ex);
					this.coordinator.pause();
				}
			}
			if (this.leaves) {
				this.coordinator.leave();
			}
		}
		finally {
			this.coordinator.shut();
		}
	}

	byte[] metadata() {
		return this.settings.metadata.get();
	}

	Map<String, byte[]> lead(int generation, Map<String, byte[]> members) {
		this.ledGeneration = generation;
		this.heard = Map.copyOf(members);
		return this.settings.leading.apply(new Round(generation, members));
	}

	void joined(int generation, String memberId, byte[] assignment) {
		this.memberId = memberId;
		this.leader = this.ledGeneration == generation;
		this.assignment = assignment;
		this.generation = generation;
	}

	/**
	 * Join again, with what the supplier of metadata says by then.
	 */
	public void rejoin() {
		this.coordinator.askToRejoin();
	}

	/**
	 * The id of this member.
	 * @return the id, empty before it has joined
	 */
	public String memberId() {
		return this.memberId;
	}

	/**
	 * The last generation whose assignment this member has.
	 * @return the generation, -1 before there is one
	 */
	public int generation() {
		return this.generation;
	}

	/**
	 * Whether this member was the leader of its generation.
	 * @return whether it was
	 */
	public boolean isLeader() {
		return this.leader;
	}

	/**
	 * What the members said when this one was leader for the last time.
	 * @return the metadata by member id
	 */
	public Map<String, byte[]> heard() {
		return this.heard;
	}

	/**
	 * The last assignment.
	 * @return the bytes, {@code null} before the first
	 */
	public byte @Nullable [] assignment() {
		return this.assignment;
	}

	/**
	 * The last assignment, read.
	 * @return the assignment, {@code null} if there is none or it cannot be read
	 */
	public @Nullable MemberAssignment readAssignment() {
		byte[] bytes = this.assignment;
		try {
			return (bytes != null) ? CODEC.decodeAssignment(ByteBuffer.wrap(bytes)).assignment() : null;
		}
		catch (MalformedMessageException ex) {
			return null;
		}
	}

	/**
	 * What went wrong so far; the member has gone on after each.
	 * @return the failures
	 */
	public List<RuntimeException> failures() {
		return List.copyOf(this.failures);
	}

	/**
	 * Leave the group in order.
	 */
	@Override
	public void close() {
		end(true);
	}

	/**
	 * Stop without a word to the coordinator, which notices after the session timeout.
	 */
	public void vanish() {
		end(false);
	}

	private void end(boolean leaves) {
		this.leaves = leaves;
		this.ended = true;
		this.coordinator.wake();
		try {
			this.thread.join(PATIENCE.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * What a leader is asked.
	 *
	 * @param generation the generation of the assignments to find
	 * @param members the metadata by member id
	 */
	public record Round(int generation, Map<String, byte[]> members) {
	}

	/**
	 * What member to start.
	 */
	public static final class Builder {

		final String groupId;

		final Map<String, Object> properties = new LinkedHashMap<>();

		String protocolType = TaskGroupCoordinator.PROTOCOL_TYPE;

		String protocol = "sticky";

		Duration sessionTimeout = Duration.ofSeconds(10);

		Duration rebalanceTimeout = Duration.ofSeconds(20);

		Duration heartbeatInterval = Duration.ofMillis(100);

		private Supplier<byte[]> metadata = () -> words(idle("raw"));

		private Function<Round, Map<String, byte[]>> leading = (round) -> keepAll(round.generation(), round.members());

		private Builder(String bootstrapServers, String groupId) {
			this.groupId = groupId;
			this.properties.put("bootstrap.servers", bootstrapServers);
		}

		public Builder protocolType(String protocolType) {
			this.protocolType = protocolType;
			return this;
		}

		/**
		 * The name of the protocol: for instances it is that of an assignor.
		 * @param protocol the name
		 * @return this builder
		 */
		public Builder protocol(String protocol) {
			this.protocol = protocol;
			return this;
		}

		/**
		 * What to say at each join.
		 * @param metadata asked by the member's thread
		 * @return this builder
		 */
		public Builder metadata(Supplier<byte[]> metadata) {
			this.metadata = metadata;
			return this;
		}

		/**
		 * What to answer as the leader. A member without an answer gets no bytes; to
		 * throw is to let the others wait.
		 * @param leading asked by the member's thread
		 * @return this builder
		 */
		public Builder leading(Function<Round, Map<String, byte[]>> leading) {
			this.leading = leading;
			return this;
		}

		public Builder sessionTimeout(Duration sessionTimeout) {
			this.sessionTimeout = sessionTimeout;
			return this;
		}

		public Builder rebalanceTimeout(Duration rebalanceTimeout) {
			this.rebalanceTimeout = rebalanceTimeout;
			return this;
		}

		public Builder heartbeatInterval(Duration heartbeatInterval) {
			this.heartbeatInterval = heartbeatInterval;
			return this;
		}

		/**
		 * Set a property of the Kafka client.
		 * @param name the name
		 * @param value the value
		 * @return this builder
		 */
		public Builder property(String name, Object value) {
			this.properties.put(name, value);
			return this;
		}

		/**
		 * Start the member, which joins as soon as it can.
		 * @return the member
		 */
		public RawMember start() {
			return new RawMember(this);
		}

	}

}
