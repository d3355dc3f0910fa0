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
 * What operators have decided, as far as this instance knows, and what follows from it
 * here: which tasks are held back, and which are to run once. Changed under the lock of
 * the {@link MemberLifecycle}, except that a run that begins is done with at once; may be
 * read by anybody.
 */
final class LocalCommands {

	private static final Logger logger = LoggerFactory.getLogger(LocalCommands.class);

	private volatile OperatorState state = OperatorState.EMPTY;

	/** The runs that were handed to the runner, by shard: not to be handed over twice. */
	private final Map<TaskId, Handed> handed = new HashMap<>();

	private final OwnedShards holdings;

	private final TaskRunner runner;

	private final Clocks clocks;

	LocalCommands(OwnedShards holdings, TaskRunner runner, Clocks clocks) {
		this.holdings = holdings;
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
	 * What to say to the group.
	 */
	List<OperatorCommand> entries() {
		long now = this.clocks.millis();
		update((state) -> state.recent(now));
		return state().entries();
	}

	/**
	 * The leader has said what it has heard of all members.
	 */
	void hear(List<OperatorCommand> said) {
		long now = this.clocks.millis();
		long latest = Math.max(now + TimeBounds.MEMBER.toMillis(), state().newest());
		List<OperatorCommand> believed = OperatorState.believable(said, now, latest);
		OperatorState former = state();
		update((state) -> state.with(believed));
		tell(former);
		holdBack();
	}

	/**
	 * An operator has decided something here.
	 * @param key what it is about
	 * @param value what was decided, {@code null} to take it back
	 * @param author the name of this instance
	 */
	void decide(Key key, @Nullable String value, String author) {
		long now = this.clocks.millis();
		OperatorState former = state();
		update((state) -> state.decide(key, value, now, author));
		tell(former);
		holdBack();
		carryOut(author);
	}

	private void tell(OperatorState former) {
		Decisions.between(former, state(), this.clocks.millis()).forEach(this.holdings::tell);
	}

	private void holdBack() {
		this.runner.holdBack(state()::isPaused);
	}

	/**
	 * Hand over to the runner what was asked for and is to run here. Whoever owns the
	 * shard in an unbroken line of orderly hand-overs since then is to run it; if an
	 * owner has crashed meanwhile, nobody knows whether it has, and nobody does.
	 * @param author the name of this instance
	 */
	void carryOut(String author) {
		OperatorState state = state();
		this.handed.entrySet().removeIf((entry) -> {
			OwnedShard holding = this.holdings.get(entry.getKey());
			return holding == null || holding.fencingToken() != entry.getValue().token();
		});
		state.inForce(Kind.RUN).forEach((request) -> {
			TaskId id = new TaskId(request.key().subject(), request.key().shard());
			OwnedShard holding = this.holdings.get(id);
			if (holding == null || holding.phase() != Ownership.Phase.OWNED
					|| holding.fencingToken() < token(request)) {
				return;
			}
			boolean mayHaveRun = holding.fencingToken() > token(request) && holding.origin() == Origin.FAILED_OVER;
			if (mayHaveRun || state.isPaused(id.name()) || !this.runner.runsOnRequest(id.name())) {
				logger.info("The run of {} that was requested on '{}' is skipped: {}", id, request.author(),
						mayHaveRun ? "its owner at that time crashed, and may have made it"
								: "it is paused, or has nothing to run");
				done(request, author);
			}
			else {
				handOver(id, holding, request, author);
			}
		});
	}

	private void handOver(TaskId id, OwnedShard holding, OperatorCommand request, String author) {
		Handed next = new Handed(holding.fencingToken(), request.time());
		if (!next.equals(this.handed.get(id)) && this.runner.run(holding, () -> done(request, author))) {
			this.handed.put(id, next);
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

	private record Handed(long token, long time) {
	}

}
