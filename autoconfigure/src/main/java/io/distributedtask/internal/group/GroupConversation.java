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
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;

import io.distributedtask.TaskDefinition;
import io.distributedtask.internal.group.wire.MalformedMessageException;
import io.distributedtask.internal.group.wire.MessageCodec;
import io.distributedtask.internal.group.wire.MessageCodec.AssignmentMessage;
import io.distributedtask.internal.group.wire.MessageCodec.MemberMessage;
import io.distributedtask.internal.group.wire.Reported;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.port.Budget;
import io.distributedtask.internal.port.Callbacks;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.Round;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Translates between the bytes of the group and metadata and assignments. A long list of
 * tasks is announced by its digest, and a leader that does not know it requests its text.
 */
public final class GroupConversation {

	private static final Logger logger = LoggerFactory.getLogger(GroupConversation.class);

	private static final Comparator<TaskDefinition> BY_NAME = Comparator.comparing(TaskDefinition::name);

	/**
	 * Enough to request all lists of a group several times; after that the round no
	 * longer waits for them.
	 */
	private static final int MOST_INCOMPLETE_ROUNDS = 32;

	private final MessageCodec codec;

	private final TaskLists lists;

	private final Callbacks callbacks;

	private final Runnable rejoin;

	private final BiPredicate<String, Integer> isStillMember;

	private final RecordLimit limit = new RecordLimit(Clocks.SYSTEM);

	/** How often the list of tasks of a digest was requested. */
	private final Map<String, Integer> questions = new HashMap<>();

	private final Map<String, String> told = new HashMap<>();

	private final CrashResponse crashes;

	private boolean tellTasks;

	/** Whether the last leader knew that all members read the compact form. */
	private boolean isCompact;

	/** The metadata that this member has sent last. */
	private byte[] sent = {};

	/** Consecutive rounds in which members were asked for their tasks. */
	private int incompleteRounds;

	GroupConversation(MessageCodec codec, Callbacks callbacks, Runnable rejoin,
			BiPredicate<String, Integer> isStillMember, CrashResponse crashes) {
		this.codec = codec;
		this.lists = new TaskLists(codec);
		this.callbacks = callbacks;
		this.rejoin = rejoin;
		this.isStillMember = isStillMember;
		this.crashes = crashes;
	}

	/**
	 * The metadata with which this member joins.
	 * @return its bytes
	 */
	public byte[] memberBytes() {
		MemberMetadata state = this.callbacks.memberMetadata();
		// the digest does not depend on the order of registration
		state = state.withTasks(state.tasks().stream().sorted(BY_NAME).toList());
		String digest = this.lists.learnOwn(state.tasks());
		ByteBuffer encoded = this.codec.encode(state, this.tellTasks ? null : digest, this.isCompact,
				this.crashes.open(state.incarnation()));
		this.tellTasks = false;
		byte[] bytes = new byte[encoded.remaining()];
		encoded.get(bytes);
		this.sent = bytes;
		return bytes;
	}

	/**
	 * This member is the leader.
	 * @param generation the generation
	 * @param leaderId the id of this member
	 * @param assignor the name of the assignor that the group has picked
	 * @param members all members with their metadata
	 * @return an assignment for each member
	 */
	public Map<String, ByteBuffer> assign(int generation, String leaderId, String assignor,
			List<JoinGroupResponseMember> members) {
		MemberReader hearing = new MemberReader(this.codec, this.lists);
		members.forEach((member) -> hearing.hear(member.memberId(), member.metadata()));
		long size = members.stream().mapToLong(RecordLimit::size).sum();
		// assignments are about as large as the claims that follow from them
		hearing.finish(this.questions, this.limit.current() / 2 - size,
				this.incompleteRounds >= MOST_INCOMPLETE_ROUNDS);
		this.incompleteRounds = hearing.expectsAnswers() ? this.incompleteRounds + 1 : 0;
		Map<String, String> unreadable = hearing.unreadable();
		tell(unreadable);
		Map<String, String> staticIds = staticIds(members);
		AssignmentWriter writer = new AssignmentWriter(this.codec, hearing, staticIds.keySet());
		Budget budget = this.limit.budget(size, writer::size);
		Map<String, MemberAssignment> assignments = new HashMap<>(this.callbacks.assign(new Round(generation, assignor,
				leaderId, hearing.states(), unreadable, hearing.isComplete(), budget, staticIds)));
		unreadable.forEach((memberId, problem) -> assignments.put(memberId, MemberAssignment.nothing(generation,
				"The leader cannot decode the metadata of this instance: " + problem)));
		Map<String, ByteBuffer> bytes = new HashMap<>();
		assignments.forEach((memberId, assignment) -> bytes.put(memberId, writer.write(memberId, assignment)));
		this.limit.sent(size + bytes.values().stream().mapToLong(ByteBuffer::remaining).sum());
		return bytes;
	}

	private static Map<String, String> staticIds(List<JoinGroupResponseMember> members) {
		Map<String, String> staticIds = new HashMap<>();
		members.stream()
			.filter((member) -> member.groupInstanceId() != null)
			.forEach((member) -> staticIds.put(member.memberId(), member.groupInstanceId()));
		return staticIds;
	}

	/**
	 * Logged once, not in every round.
	 */
	private void tell(Map<String, String> unreadable) {
		this.told.keySet().retainAll(unreadable.keySet());
		unreadable.forEach((memberId, problem) -> {
			if (this.told.put(memberId, problem) == null) {
				logger.error("Member '{}' gets no assignment: its metadata cannot be decoded: {}", memberId, problem);
			}
		});
	}

	/**
	 * An assignment has arrived. Without proof that this process is still a member it is
	 * ignored: the member joins again, and claims what it held before.
	 * @param generation the generation
	 * @param memberId the id of this member
	 * @param assignor the name of the assignor that the group has picked
	 * @param bytes the assignment
	 */
	public void assigned(int generation, String memberId, String assignor, ByteBuffer bytes) {
		this.limit.accepted();
		if (!this.isStillMember.test(memberId, generation)) {
			this.rejoin.run();
			return;
		}
		AssignmentMessage message = null;
		try {
			message = this.codec.decodeAssignment(bytes, () -> reported(this.sent));
			this.isCompact = message.isCompact();
		}
		catch (MalformedMessageException ex) {
			logger.error("The assignment of generation {} cannot be decoded: {}", generation, ex.getMessage());
		}
		this.callbacks.assigned(memberId, generation, assignor, (message != null) ? message.assignment() : null);
		this.crashes.assigned((message != null) ? message.watched() : List.of());
		if (message != null && message.wantsTasks()) {
			this.tellTasks = true;
			this.rejoin.run();
		}
	}

	/**
	 * A SyncGroup has failed with an unspecific error.
	 */
	void refused() {
		this.limit.refused();
	}

	@Nullable MemberMetadata readMember(byte[] bytes) {
		try {
			MemberMessage message = this.codec.decodeMember(ByteBuffer.wrap(bytes));
			List<TaskDefinition> tasks = (message.digest() != null) ? this.lists.get(message.digest()) : null;
			return (tasks != null) ? message.state().withTasks(tasks) : message.state();
		}
		catch (MalformedMessageException ex) {
			return null;
		}
	}

	/**
	 * Decode an assignment.
	 * @param bytes the assignment
	 * @param metadata the metadata of the member that the coordinator has with it
	 */
	@Nullable MemberAssignment readAssignment(byte[] bytes, byte[] metadata) {
		try {
			return this.codec.decodeAssignment(ByteBuffer.wrap(bytes), () -> reported(metadata)).assignment();
		}
		catch (MalformedMessageException ex) {
			return null;
		}
	}

	private Reported reported(byte[] metadata) {
		return new Reported(this.codec.decodeMember(ByteBuffer.wrap(metadata)).state().claims());
	}

}
