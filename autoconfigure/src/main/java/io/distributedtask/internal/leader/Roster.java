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

package io.distributedtask.internal.leader;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.distributedtask.internal.port.Round;
import org.jspecify.annotations.Nullable;

/**
 * The members of one round and what they are called.
 *
 * @param names the names of the instances, made unique, by member id
 * @param identities what instances are known by when they come back, by member id
 * @param memberIds the member ids by identity
 * @param staticIds the static member ids by member id
 */
record Roster(Map<String, String> names, Map<String, String> identities, Map<String, String> memberIds,
		Map<String, String> staticIds) {

	/**
	 * Take down the members. A name that several of them have is numbered, except on the
	 * first.
	 */
	static Roster of(Round round) {
		Map<String, String> names = new HashMap<>();
		Map<String, String> identities = new HashMap<>();
		Map<String, String> memberIds = new HashMap<>();
		Set<String> taken = new HashSet<>();
		new TreeMap<>(round.members()).forEach((memberId, member) -> {
			String name = member.instance();
			int suffix = 2;
			while (!taken.add(name)) {
				name = member.instance() + "#" + suffix++;
			}
			names.put(memberId, name);
			// not the number, which depends on who else is there
			String identity = round.staticIds().getOrDefault(memberId, member.instance());
			identities.put(memberId, identity);
			if (!member.draining() || !memberIds.containsKey(identity)) {
				memberIds.put(identity, memberId);
			}
		});
		return new Roster(names, identities, memberIds, round.staticIds());
	}

	String name(String memberId) {
		return this.names.getOrDefault(memberId, memberId);
	}

	/**
	 * What an instance is known by when it comes back.
	 */
	String identity(String memberId) {
		return this.identities.getOrDefault(memberId, memberId);
	}

	/**
	 * The member that has come back, or is there still. Of several that are known by the
	 * same name, one that does not stop.
	 */
	@Nullable String memberOf(String identity) {
		return this.memberIds.get(identity);
	}

	boolean isStatic(String memberId) {
		return this.staticIds.containsKey(memberId);
	}

}
