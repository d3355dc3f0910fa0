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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.distributedtask.TaskDefinition;
import io.distributedtask.internal.coordination.MemberState;
import io.distributedtask.internal.group.MessageCodec.MemberMessage;
import org.jspecify.annotations.Nullable;

/**
 * What the leader hears in one round: who can be understood, and whom to ask for the text
 * of its tasks.
 */
final class Hearing {

	/** An answer may be lost on the way, but not each time. */
	static final int MOST_QUESTIONS = 3;

	private final MessageCodec codec;

	private final KnownTasks knownTasks;

	private final Map<String, Integer> questions;

	private final Map<String, MemberState> states = new HashMap<>();

	private final Map<String, String> unreadable = new HashMap<>();

	/** The members by the digest that they announce and that is not known. */
	private final Map<String, Map<String, MemberMessage>> missing = new TreeMap<>();

	private final Set<String> toAsk = new HashSet<>();

	private boolean done;

	/**
	 * Begin to hear.
	 * @param codec reads the words
	 * @param knownTasks the lists of tasks that are known
	 * @param questions how often each member has been asked, from round to round
	 */
	Hearing(MessageCodec codec, KnownTasks knownTasks, Map<String, Integer> questions) {
		this.codec = codec;
		this.knownTasks = knownTasks;
		this.questions = questions;
	}

	void hear(String memberId, byte[] bytes) {
		try {
			MemberMessage message = this.codec.decodeMember(ByteBuffer.wrap(bytes));
			if (message.digest() == null) {
				this.knownTasks.learn(message.state().tasks());
			}
			MemberState state = withTasks(message, this.knownTasks);
			if (state != null) {
				this.states.put(memberId, state);
			}
			else {
				this.missing.computeIfAbsent(String.valueOf(message.digest()), (digest) -> new TreeMap<>())
					.put(memberId, message);
			}
		}
		catch (MalformedMessageException ex) {
			this.unreadable.put(memberId, ex.getMessage());
		}
	}

	static @Nullable MemberState withTasks(MemberMessage message, KnownTasks knownTasks) {
		MemberState state = message.state();
		String digest = message.digest();
		if (digest == null) {
			return state;
		}
		List<TaskDefinition> tasks = knownTasks.get(digest);
		return (tasks != null) ? state.withTasks(tasks) : null;
	}

	/**
	 * One holder of each list that is not known is asked for its text. Those that were
	 * asked often enough and have not told are as good as unreadable: they must not keep
	 * the others from being assigned for ever.
	 */
	private void finish() {
		if (this.done) {
			return;
		}
		this.done = true;
		Set<String> holders = new HashSet<>();
		this.missing.forEach((digest, members) -> {
			if (this.knownTasks.get(digest) != null) {
				// another member has told it, but was heard later
				members.forEach((memberId, message) -> this.states.put(memberId, known(message)));
				return;
			}
			holders.addAll(members.keySet());
			String willing = members.keySet()
				.stream()
				.filter((memberId) -> this.questions.getOrDefault(memberId, 0) < MOST_QUESTIONS)
				.findFirst()
				.orElse(null);
			if (willing != null) {
				this.questions.merge(willing, 1, Integer::sum);
				this.toAsk.add(willing);
				members.forEach((memberId, message) -> this.states.put(memberId, message.state()));
			}
			else {
				members.keySet()
					.forEach((memberId) -> this.unreadable.put(memberId,
							"It announces its tasks by a digest, and was asked %d times for the tasks themselves"
								.formatted(MOST_QUESTIONS)));
			}
		});
		this.questions.keySet().retainAll(holders);
	}

	private MemberState known(MemberMessage message) {
		MemberState state = withTasks(message, this.knownTasks);
		return (state != null) ? state : message.state();
	}

	Map<String, MemberState> states() {
		finish();
		return this.states;
	}

	Map<String, String> unreadable() {
		finish();
		return this.unreadable;
	}

	Set<String> toAsk() {
		finish();
		return this.toAsk;
	}

}
