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

package io.distributedtask.internal.message;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;

/**
 * The last success of a task, reported while it is owned, so that it is known after its
 * owner has crashed.
 *
 * @param at when a run ended successfully, or from when on time without a success counts
 * @param anchors the progress of schedules whose progress depends on their runs, one for
 * each schedule of the task and {@link Instant#EPOCH} for every other one; empty if there
 * is no such schedule, or if it is not known
 */
public record Success(Instant at, List<Instant> anchors) {

	public Success {
		anchors = List.copyOf(anchors);
	}

	/**
	 * A success of a task without such schedules.
	 */
	public Success(Instant at) {
		this(at, List.of());
	}

	/**
	 * The success of several shards: the older one.
	 */
	public static Success older(Success one, Success other) {
		return new Success(older(one.at, other.at), each(one.anchors, other.anchors, Success::older));
	}

	/**
	 * The success of a shard for which two are known: the newer one.
	 */
	public static Success newer(Success one, Success other) {
		return new Success(newer(one.at, other.at), each(one.anchors, other.anchors, Success::newer));
	}

	/**
	 * The newer success, with the progress of schedules that holds for several shards.
	 */
	public static Success latest(Success one, Success other) {
		return new Success(newer(one.at, other.at), older(one, other).anchors);
	}

	private static Instant older(Instant one, Instant other) {
		return one.isBefore(other) ? one : other;
	}

	private static Instant newer(Instant one, Instant other) {
		return one.isAfter(other) ? one : other;
	}

	/**
	 * If the numbers of schedules differ, nothing is known.
	 */
	private static List<Instant> each(List<Instant> one, List<Instant> other, BinaryOperator<Instant> choice) {
		List<Instant> anchors = new ArrayList<>();
		for (int i = 0; i < one.size() && one.size() == other.size(); i++) {
			anchors.add(choice.apply(one.get(i), other.get(i)));
		}
		return anchors;
	}

	/**
	 * The same with the progress of schedules from elsewhere.
	 */
	public Success withAnchors(List<Instant> anchors) {
		return new Success(this.at, anchors);
	}

	/**
	 * The same, limited by a clock that may be behind.
	 * @param now the time, after which nothing can have ended
	 */
	public Success until(Instant now) {
		return this.at.isAfter(now) ? new Success(now, this.anchors) : this;
	}

}
