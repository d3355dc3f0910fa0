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

package io.distributedtask.internal.port;

import java.util.List;

import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The group as its coordinator describes it.
 *
 * @param state the coordinator's name for the state of the group, such as {@code Stable}
 * @param assignor the name of the assignor that the group uses
 * @param members the members
 */
public record GroupDescription(String state, @Nullable String assignor, List<Member> members) {

	public GroupDescription {
		members = List.copyOf(members);
	}

	/**
	 * A member of the group.
	 *
	 * @param memberId its id
	 * @param host its host as the coordinator sees it
	 * @param state the metadata with which it joined; {@code null} during a rebalance, or
	 * if it cannot be decoded
	 * @param assignment its last assignment; {@code null} before the first, or if it
	 * cannot be decoded
	 */
	public record Member(String memberId, String host, @Nullable MemberMetadata state,
			@Nullable MemberAssignment assignment) {
	}

}
