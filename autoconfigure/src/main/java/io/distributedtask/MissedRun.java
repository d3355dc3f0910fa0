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
 * How an owner treats the scheduled instants that may have been missed before it got the
 * shard, whatever the cause: a crash, an outage, a delay, no eligible instance. A direct
 * hand-over from owner to owner misses none.
 *
 * @since 0.1.0
 */
public enum MissedRun {

	/**
	 * One run stands for all of them. It may repeat a run of an owner that vanished
	 * during that run, or less than one lease after it.
	 */
	FIRE_ONCE,

	/**
	 * They are skipped: the next run is at the next instant of the schedule.
	 */
	SKIP

}
