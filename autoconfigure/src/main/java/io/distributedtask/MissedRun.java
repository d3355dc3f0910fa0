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

package io.distributedtask;

/**
 * What an owner does with the scheduled instants that may have been missed before it got
 * the shard, whatever the cause: a crash, an outage, a delay, nobody to run it. A
 * hand-over directly from owner to owner misses none, so it is not concerned.
 *
 * @since 0.1.0
 */
public enum MissedRun {

	/**
	 * One run makes good for all of them. It may repeat a run of an owner that vanished
	 * while it ran, or less than a lease after it.
	 */
	FIRE_ONCE,

	/**
	 * They are left out: the next run is at the next instant of the schedule.
	 */
	SKIP

}
