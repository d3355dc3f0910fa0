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

package io.distributedtask.internal.member;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import io.distributedtask.TaskId;
import io.distributedtask.internal.control.Decisions;
import io.distributedtask.internal.control.OperatorState;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.message.OperatorCommand;
import io.distributedtask.internal.message.OperatorCommand.Key;
import io.distributedtask.internal.message.OperatorCommand.Kind;
import io.distributedtask.internal.message.TimeBounds;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.Ownership;
import io.distributedtask.internal.port.TaskRunner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of operators, as far as this instance knows them, and their effects here:
 * which tasks are paused, and which are to run once. Changed under the lock of the
 * {@link MemberLifecycle}, except that the request of a run is removed when it begins;
 * may be read by any thread.
 */
final class LocalCommands {

	private static final Logger logger = LoggerFactory.getLogger(LocalCommands.class);

	private volatile OperatorState state = OperatorState.EMPTY;

	/** The runs that were passed to the runner, by shard: not to be passed twice. */
	private final Map<TaskId, Passed> passed = new HashMap<>();

	private final OwnedShards shards;

	private final TaskRunner runner;

	private final Clocks clocks;

	LocalCommands(OwnedShards shards, TaskRunner runner, Clocks clocks) {
		this.shards = shards;
		this.runner = runner;
		this.clocks = clocks;
	}

	OperatorState state() {
		return this.state;
	}

	private synchronized void update(UnaryOperator<OperatorState> change) {
		this.state = change.apply(this.state);
	}

	/**
	 * What to announce to the group.
	 */
	List<OperatorCommand> entries() {
		long now = this.clocks.millis();
		update((state) -> state.recent(now));
		return state().entries();
	}

	/**
	 * The leader has sent what it has received from all members.
	 */
	void receive(List<OperatorCommand> received) {
		long now = this.clocks.millis();
		long latest = Math.max(now + TimeBounds.MEMBER.toMillis(), state().newest());
		List<OperatorCommand> believed = OperatorState.believable(received, now, latest);
		OperatorState former = state();
		update((state) -> state.with(believed));
		publishDecisions(former);
		applyPauses();
	}

	/**
	 * An operator has made a request here.
	 * @param key what it is about
	 * @param value what was requested, {@code null} to clear it
	 * @param author the name of this instance
	 */
	void decide(Key key, @Nullable String value, String author) {
		long now = this.clocks.millis();
		OperatorState former = state();
		update((state) -> state.decide(key, value, now, author));
		publishDecisions(former);
		applyPauses();
		carryOut(author);
	}

	private void publishDecisions(OperatorState former) {
		Decisions.between(former, state(), this.clocks.millis()).forEach(this.shards::publish);
	}

	private void applyPauses() {
		this.runner.applyPauses(state()::isPaused);
	}

	/**
	 * Pass the requested runs of this instance to the runner. The request belongs to the
	 * owner that has the shard by graceful hand-overs only since then. If an owner has
	 * crashed meanwhile, it may have made the run, so nobody makes it.
	 * @param author the name of this instance
	 */
	void carryOut(String author) {
		OperatorState state = state();
		this.passed.entrySet().removeIf((entry) -> {
			OwnedShard shard = this.shards.get(entry.getKey());
			return shard == null || shard.fencingToken() != entry.getValue().token();
		});
		state.inForce(Kind.RUN).forEach((request) -> {
			TaskId id = new TaskId(request.key().subject(), request.key().shard());
			OwnedShard shard = this.shards.get(id);
			if (shard == null || shard.phase() != Ownership.Phase.OWNED || shard.fencingToken() < token(request)) {
				return;
			}
			boolean mayHaveRun = shard.fencingToken() > token(request) && shard.origin() == Origin.FAILED_OVER;
			if (mayHaveRun || state.isPaused(id.name()) || !this.runner.runsOnRequest(id.name())) {
				logger.info("The run of {} that was requested on '{}' is skipped: {}", id, request.author(),
						mayHaveRun ? "its owner at that time crashed, and may have made it"
								: "it is paused, or has nothing to run");
				done(request, author);
			}
			else {
				pass(id, shard, request, author);
			}
		});
	}

	private void pass(TaskId id, OwnedShard shard, OperatorCommand request, String author) {
		Passed next = new Passed(shard.fencingToken(), request.time());
		if (!next.equals(this.passed.get(id)) && this.runner.run(shard, () -> done(request, author))) {
			this.passed.put(id, next);
		}
	}

	private void done(OperatorCommand request, String author) {
		// no later than needed: the next request for the same shard must not be lost
		OperatorCommand done = request.takenBack(0, author);
		update((state) -> state.with(List.of(done)));
	}

	private static long token(OperatorCommand request) {
		try {
			return Long.parseLong(String.valueOf(request.value()));
		}
		catch (NumberFormatException ex) {
			return Long.MAX_VALUE;
		}
	}

	private record Passed(long token, long time) {
	}

}
