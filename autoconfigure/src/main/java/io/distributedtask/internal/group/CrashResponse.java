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

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.distributedtask.internal.message.Watched;
import io.distributedtask.internal.port.Callbacks;
import io.distributedtask.internal.port.CrashWatch;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a member does with the crash watch: it has the coordinator remove a member whose
 * process has ended, and lets its neighbors know of a rebalance, which they would notice
 * by their next heartbeat only. A nudge is passed on when the coordinator has confirmed
 * it, so a false one reaches nobody else.
 */
final class CrashResponse implements CrashWatch.Listener {

	private static final Logger logger = LoggerFactory.getLogger(CrashResponse.class);

	private final @Nullable CrashWatch watch;

	private final Callbacks callbacks;

	private final Remover remover;

	private final Runnable heartbeat;

	/** The members that have ended and may still be members, and since when. */
	private final Map<Watched, Long> ended = new ConcurrentHashMap<>();

	/** Whether the neighbors know that the generation is over. */
	private final AtomicBoolean nudged = new AtomicBoolean();

	/**
	 * Create the response of one member.
	 * @param watch the crash watch, {@code null} if it is off
	 * @param callbacks told of crashes
	 * @param remover removes other members
	 * @param heartbeat sends a heartbeat now, or soon if there was one just now
	 */
	CrashResponse(@Nullable CrashWatch watch, Callbacks callbacks, Remover remover, Runnable heartbeat) {
		this.watch = watch;
		this.callbacks = callbacks;
		this.remover = remover;
		this.heartbeat = heartbeat;
	}

	/**
	 * This member is going to join.
	 * @param incarnation the id of its process
	 * @return where others can watch it, {@code null} if they cannot
	 */
	@Nullable String open(String incarnation) {
		return (this.watch != null) ? this.watch.open(incarnation, this) : null;
	}

	/**
	 * A generation has begun.
	 * @param watched whom to watch in it
	 */
	void assigned(List<Watched> watched) {
		if (this.watch != null) {
			this.nudged.set(false);
			this.watch.watch(watched);
		}
	}

	/**
	 * The coordinator has answered a heartbeat.
	 */
	void answered(Errors error) {
		if (this.watch == null) {
			return;
		}
		if (error == Errors.REBALANCE_IN_PROGRESS && this.nudged.compareAndSet(false, true)) {
			this.watch.nudge();
		}
		this.ended.forEach(this::remove);
	}

	boolean isOn() {
		return this.watch != null;
	}

	/**
	 * Whether the neighbors are to be told of a rebalance that this member requests, as
	 * soon as the coordinator knows of it.
	 */
	boolean wantsConfirmation() {
		return this.watch != null && !this.nudged.get();
	}

	@Override
	public void ended(Watched member, long sinceNanos) {
		this.ended.put(member, sinceNanos);
		remove(member, sinceNanos);
	}

	/**
	 * The id of a member is never used again, so this is right at any later time, too. It
	 * is repeated with the next heartbeat if the coordinator does not answer it, or
	 * cannot do it now.
	 */
	private void remove(Watched member, long sinceNanos) {
		this.remover.remove(member.memberId(), "its process has ended", (error) -> {
			boolean isRemoved = error == Errors.NONE;
			if (!isRemoved && error != Errors.UNKNOWN_MEMBER_ID) {
				logger.debug("Instance '{}' has ended, and was not removed from the group: {}", member.instance(),
						error);
			}
			else if (this.ended.remove(member, sinceNanos)) {
				if (isRemoved) {
					this.callbacks.crashed(member.instance(), sinceNanos);
				}
				// if it was removed by another watcher, or has left, there is news, too
				this.heartbeat.run();
			}
		});
	}

	@Override
	public void nudged() {
		this.heartbeat.run();
	}

	@Override
	public void closed() {
		this.callbacks.addressChanged();
	}

	/**
	 * Removes members from the group.
	 */
	interface Remover {

		/**
		 * Remove a member. Returns at once.
		 * @param memberId its id
		 * @param reason why, for the coordinator's log
		 * @param answer takes the coordinator's answer,
		 * {@link Errors#UNKNOWN_SERVER_ERROR} if there is none; any thread
		 */
		void remove(String memberId, String reason, Consumer<Errors> answer);

	}

}
