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
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.distributedtask.internal.group.wire.MessageCodec;
import io.distributedtask.internal.group.wire.Reported;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.Watched;

/**
 * Encodes the assignments of one round, each of them once: the size of a plan is computed
 * several times before it is sent.
 */
final class AssignmentWriter {

	private final MessageCodec codec;

	private final MemberReader members;

	private final Set<String> staticMembers;

	private final Map<String, List<Watched>> watched;

	private final Map<MemberAssignment, ByteBuffer> encoded = new IdentityHashMap<>();

	/**
	 * Create the writer of a round.
	 * @param codec the codec
	 * @param members what the members have sent
	 * @param staticMembers the ids of the static members
	 */
	AssignmentWriter(MessageCodec codec, MemberReader members, Set<String> staticMembers) {
		this.codec = codec;
		this.members = members;
		this.staticMembers = staticMembers;
		this.watched = Watched.distribute(members.watchable());
	}

	ByteBuffer write(String memberId, MemberAssignment assignment) {
		return this.members.toAsk().contains(memberId) ? encode(memberId, assignment, true)
				: encoded(memberId, assignment);
	}

	private ByteBuffer encoded(String memberId, MemberAssignment assignment) {
		return this.encoded.computeIfAbsent(assignment, (key) -> encode(memberId, key, false));
	}

	private ByteBuffer encode(String memberId, MemberAssignment assignment, boolean wantsTasks) {
		Reported reported = this.members.reported(memberId);
		if (reported != null && this.staticMembers.contains(memberId)) {
			// The coordinator may send the assignment of a static member to the process
			// that replaces it, which has sent other metadata (KIP-345)
			reported = Reported.NOTHING;
		}
		return this.codec.encode(assignment, wantsTasks, reported, this.watched.getOrDefault(memberId, List.of()));
	}

	/**
	 * The size of an assignment in this round and the next one: what is granted now is
	 * claimed then. Where the assignment then refers to the claim, one of both has room
	 * in the record; else both need it, or the group could never rebalance again.
	 */
	long size(String memberId, MemberAssignment assignment) {
		long size = encoded(memberId, assignment).remaining();
		if (this.members.reported(memberId) != null && !this.staticMembers.contains(memberId)) {
			return size;
		}
		long granted = assignment.grants()
			.stream()
			.filter((grant) -> grant.generation() == assignment.generation())
			.count();
		return size + size * granted / Math.max(1, assignment.grants().size());
	}

}
