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

package io.distributedtask.faults.injection;

import java.time.Duration;
import java.util.random.RandomGenerator;

import io.distributedtask.faults.history.FaultKind;
import org.jspecify.annotations.Nullable;

/**
 * A family of faults: knows what can be done now, does it, and undoes it.
 */
public interface FaultFamily {

	/**
	 * Choose how to do a fault.
	 * @param kind the kind of fault, one of this family
	 * @param random draws the target and the duration
	 * @return what to do, or {@code null} when there is nothing to do it to now
	 */
	@Nullable Plan plan(FaultKind kind, RandomGenerator random);

	static Duration between(RandomGenerator random, int leastMillis, int mostMillis) {
		return Duration.ofMillis(random.nextInt(leastMillis, mostMillis + 1));
	}

	/**
	 * What is going to be done.
	 *
	 * @param target an instance, a broker as {@code b1}, or {@code *}
	 * @param lasts how long it lasts, at least
	 * @param begin does it
	 * @param end undoes it, and returns when that is done
	 */
	record Plan(String target, Duration lasts, Runnable begin, Runnable end) {

		/** The target of a fault that concerns all. */
		static final String ALL = "*";

		static Plan of(String target, Duration lasts, Runnable begin, Runnable end) {
			return new Plan(target, lasts, begin, end);
		}

	}

}
