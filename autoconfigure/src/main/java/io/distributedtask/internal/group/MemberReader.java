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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.distributedtask.TaskDefinition;
import io.distributedtask.internal.group.wire.MalformedMessageException;
import io.distributedtask.internal.group.wire.MessageCodec;
import io.distributedtask.internal.group.wire.MessageCodec.MemberMessage;
import io.distributedtask.internal.message.MemberMetadata;
import org.jspecify.annotations.Nullable;

/**
 * What the leader hears in one round: who can be understood, and whom to ask for the text
 * of its tasks.
 */
final class MemberReader {

	/** An answer may be lost on the way, but not each time. */
	static final int MOST_QUESTIONS = 3;

	/** What a member does not say of the length of its text, or not rightly. */
	private static final int LONGEST_TEXT = 64 * 1024;

	private static final int USUAL_TEXT = 4 * 1024;

	private final MessageCodec codec;

	private final TaskListCache knownTasks;

	private final Map<String, Integer> questions;

	private final Map<String, MemberMetadata> states = new HashMap<>();

	private final Map<String, String> unreadable = new HashMap<>();

	/** The members whose lists of tasks are not short, by the digest of the list. */
	private final Map<String, Map<String, MemberMessage>> byDigest = new TreeMap<>();

	private final Set<String> toAsk = new HashSet<>();

	private boolean complete = true;

	private boolean expectsAnswers;

	/**
	 * Begin to hear.
	 * @param codec reads the words
	 * @param knownTasks the lists of tasks that are known
	 * @param questions how often each member has been asked, from round to round
	 */
	MemberReader(MessageCodec codec, TaskListCache knownTasks, Map<String, Integer> questions) {
		this.codec = codec;
		this.knownTasks = knownTasks;
		this.questions = questions;
	}

	void hear(String memberId, byte[] bytes) {
		try {
			MemberMessage message = this.codec.decodeMember(ByteBuffer.wrap(bytes));
			String digest = message.digest();
			if (digest == null) {
				digest = this.knownTasks.learn(message.state().tasks());
			}
			if (digest == null) {
				this.states.put(memberId, message.state());
			}
			else {
				this.byDigest.computeIfAbsent(digest, (key) -> new TreeMap<>()).put(memberId, message);
			}
		}
		catch (MalformedMessageException ex) {
			this.unreadable.put(memberId, ex.getMessage());
		}
	}

	static @Nullable MemberMetadata withTasks(MemberMessage message, TaskListCache knownTasks) {
		MemberMetadata state = message.state();
		String digest = message.digest();
		if (digest == null) {
			return state;
		}
		List<TaskDefinition> tasks = knownTasks.get(digest);
		return (tasks != null) ? state.withTasks(tasks) : null;
	}

	/**
	 * All have been heard.
	 * @param room how long the texts may be together that are asked for at once
	 * @param isLong whether this has been going on for long: then the others are not held
	 * up any more by those whose tasks are not known, who are asked all the same
	 */
	void finish(long room, boolean isLong) {
		this.knownTasks.settle(this.byDigest.keySet());
		List<Map<String, MemberMessage>> missing = new ArrayList<>();
		this.byDigest.forEach((digest, members) -> {
			List<TaskDefinition> tasks = this.knownTasks.get(digest);
			String refusal = this.knownTasks.refusal(digest);
			if (tasks != null) {
				members.forEach((memberId, message) -> this.states.put(memberId, message.state().withTasks(tasks)));
			}
			else if (refusal != null) {
				members.keySet().forEach((memberId) -> this.unreadable.put(memberId, refusal));
			}
			else {
				missing.add(members);
			}
		});
		ask(missing, room, isLong);
	}

	/**
	 * One holder of each list that is not known is asked for its text, those with short
	 * ones first. Those that were asked often enough and have not told are as good as
	 * unreadable: they must not keep the others from being assigned for ever. They are
	 * still asked: where many join one after the other a question may be lost each time.
	 */
	private void ask(List<Map<String, MemberMessage>> missing, long room, boolean isLong) {
		Set<String> holders = new HashSet<>();
		missing.sort(Comparator.comparingInt(MemberReader::textLength));
		long asked = 0;
		for (Map<String, MemberMessage> members : missing) {
			holders.addAll(members.keySet());
			String willing = members.keySet()
				.stream()
				.filter((memberId) -> this.questions.getOrDefault(memberId, 0) < MOST_QUESTIONS)
				.findFirst()
				.orElse(null);
			this.expectsAnswers |= (willing != null);
			int length = textLength(members);
			if (asked == 0 || asked + length <= room) {
				String holder = (willing != null) ? willing : members.keySet().iterator().next();
				asked += length;
				this.questions.merge(holder, 1, Integer::sum);
				this.toAsk.add(holder);
			}
			if (willing != null && !isLong) {
				this.complete = false;
				members.forEach((memberId, message) -> this.states.put(memberId, message.state()));
			}
			else {
				String reason = (willing != null) ? "It announces its tasks by a digest, and has not told them yet"
						: "It announces its tasks by a digest, and was asked %d times for the tasks themselves"
							.formatted(MOST_QUESTIONS);
				members.keySet().forEach((memberId) -> this.unreadable.put(memberId, reason));
			}
		}
		this.questions.keySet().retainAll(holders);
	}

	private static int textLength(Map<String, MemberMessage> members) {
		return members.values()
			.stream()
			.mapToInt(MemberMessage::textLength)
			.filter((length) -> length > 0)
			.map((length) -> Math.min(length, LONGEST_TEXT))
			.findFirst()
			.orElse(USUAL_TEXT);
	}

	Map<String, MemberMetadata> states() {
		return this.states;
	}

	Map<String, String> unreadable() {
		return this.unreadable;
	}

	Set<String> toAsk() {
		return this.toAsk;
	}

	/**
	 * Whether somebody is asked who has not failed to answer so far.
	 */
	boolean expectsAnswers() {
		return this.expectsAnswers;
	}

	/**
	 * Whether the tasks of all are known that are heard.
	 */
	boolean isComplete() {
		return this.complete;
	}

}
