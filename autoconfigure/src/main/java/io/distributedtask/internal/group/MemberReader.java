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
import io.distributedtask.internal.group.wire.Reported;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.Watched;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the metadata of all members in one round, and decides which members to ask for
 * the text of their tasks.
 */
final class MemberReader {

	/** A response may be lost, but not each time. */
	static final int MOST_QUESTIONS = 3;

	private static final String REFUSED = ("with its list of tasks the leader would have to remember more than %d "
			+ "tasks, or more than %d of all instances together")
		.formatted(TaskLists.MAX_TASKS, TaskLists.MAX_ENTRIES);

	private static final String SILENT = "It sends a digest of its task list, and was asked %d times to send the "
			+ "list";

	private static final String NOT_TOLD_YET = "It announces its tasks by a digest, and has not told them yet";

	private final MessageCodec codec;

	private final TaskLists lists;

	private final Map<String, MemberMetadata> states = new HashMap<>();

	private final Map<String, String> unreadable = new HashMap<>();

	private final Map<String, Reported> reported = new HashMap<>();

	private final List<Watched> watchable = new ArrayList<>();

	private boolean isCompact = true;

	/** The members with long lists of tasks, by the digest of the list. */
	private final Map<String, Map<String, MemberMessage>> byDigest = new TreeMap<>();

	private final Map<String, List<TaskDefinition>> told = new HashMap<>();

	private final Set<String> toAsk = new HashSet<>();

	private boolean complete = true;

	private boolean expectsAnswers;

	MemberReader(MessageCodec codec, TaskLists lists) {
		this.codec = codec;
		this.lists = lists;
	}

	void hear(String memberId, byte[] bytes) {
		try {
			MemberMessage message = this.codec.decodeMember(ByteBuffer.wrap(bytes));
			MemberMetadata state = message.state();
			this.isCompact &= message.readsCompact();
			this.reported.put(memberId, new Reported(state.claims()));
			if (message.watchAddress() != null) {
				this.watchable
					.add(new Watched(memberId, state.instance(), state.incarnation(), message.watchAddress()));
			}
			String digest = (message.digest() != null) ? message.digest() : this.lists.digest(state.tasks());
			if (digest == null) {
				this.states.put(memberId, state);
				return;
			}
			this.byDigest.computeIfAbsent(digest, (key) -> new TreeMap<>()).put(memberId, message);
			if (message.digest() == null) {
				this.told.put(digest, state.tasks());
			}
		}
		catch (MalformedMessageException ex) {
			this.unreadable.put(memberId, ex.getMessage());
		}
	}

	/**
	 * All metadata is decoded.
	 * @param questions how often each list was requested, from round to round
	 * @param room how long the texts may be together that are requested at once
	 * @param isLong whether this has lasted for long: then the others no longer wait for
	 * those whose tasks are not known, which are still asked
	 */
	void finish(Map<String, Integer> questions, long room, boolean isLong) {
		this.lists.settle(this.byDigest.keySet(), this.told);
		List<String> missing = new ArrayList<>();
		this.byDigest.forEach((digest, members) -> {
			List<TaskDefinition> tasks = this.lists.get(digest);
			if (tasks == null) {
				missing.add(digest);
			}
			else if (tasks.isEmpty()) {
				members.keySet().forEach((memberId) -> this.unreadable.put(memberId, REFUSED));
			}
			else {
				members.forEach((memberId, message) -> this.states.put(memberId, message.state().withTasks(tasks)));
			}
		});
		questions.keySet().retainAll(missing);
		missing.sort(Comparator.comparing((String digest) -> questions.getOrDefault(digest, 0))
			.thenComparing(TaskLists::size));
		long asked = 0;
		for (String digest : missing) {
			Map<String, MemberMessage> members = this.byDigest.getOrDefault(digest, Map.of());
			int question = questions.getOrDefault(digest, 0);
			if (this.toAsk.isEmpty() || asked + TaskLists.size(digest) <= room) {
				asked += TaskLists.size(digest);
				questions.put(digest, question + 1);
				this.toAsk.add(List.copyOf(members.keySet()).get(question % members.size()));
			}
			wait(members, question < MOST_QUESTIONS * members.size(), isLong);
		}
	}

	/**
	 * Members that were asked often enough without a result count as unreadable: they
	 * must not block the others for ever. They are still asked: where many join one after
	 * the other a request may be lost each time.
	 */
	private void wait(Map<String, MemberMessage> members, boolean mayAnswer, boolean isLong) {
		this.expectsAnswers |= mayAnswer;
		if (mayAnswer && !isLong) {
			this.complete = false;
			members.forEach((memberId, message) -> this.states.put(memberId, message.state()));
		}
		else {
			String problem = mayAnswer ? NOT_TOLD_YET : SILENT.formatted(MOST_QUESTIONS);
			members.keySet().forEach((memberId) -> this.unreadable.put(memberId, problem));
		}
	}

	Map<String, MemberMetadata> states() {
		return this.states;
	}

	Map<String, String> unreadable() {
		return this.unreadable;
	}

	/**
	 * What a member holds, if all decoded members read the compact form.
	 * @return what it holds, {@code null} if it or another member may not read that
	 */
	@Nullable Reported reported(String memberId) {
		return this.isCompact ? this.reported.get(memberId) : null;
	}

	/**
	 * The members whose processes can be watched.
	 */
	List<Watched> watchable() {
		return this.watchable;
	}

	Set<String> toAsk() {
		return this.toAsk;
	}

	/**
	 * Whether a member is asked that has not failed to respond so far.
	 */
	boolean expectsAnswers() {
		return this.expectsAnswers;
	}

	/**
	 * Whether the tasks of all decoded members are known.
	 */
	boolean isComplete() {
		return this.complete;
	}

}
