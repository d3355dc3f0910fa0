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

package io.distributedtask.faults.rules;

/**
 * A broken promise.
 *
 * @param promise which one
 * @param nanos when, by the history's clock
 * @param task the task that it is about, empty if it is about none
 * @param shard its shard, -1 if it is about all
 * @param message what happened
 */
public record Violation(Promise promise, long nanos, String task, int shard, String message) {

	Violation(Promise promise, long nanos, String message) {
		this(promise, nanos, "", -1, message);
	}

	/**
	 * What is promised, as the design puts it.
	 */
	public enum Promise {

		/** At most one instance holds a valid lease on a shard. */
		ONE_OWNER,
		/** No work by an owner after its lease, past its first look. */
		NO_WORK_AFTER_LEASE,
		/** A store that compares tokens accepts no write of a former owner. */
		FENCED_STORE,
		/** Tokens grow with every owner. */
		TOKENS_GROW,
		/** No shard is without an owner for longer than promised. */
		OWNED_IN_TIME,
		/** Nothing stops that does not have to move. */
		NOTHING_STOPS_NEEDLESSLY,
		/** Instants are neither repeated nor missed in an orderly hand-over. */
		FIRES_ONCE,
		/** After a crash missed instants are one run, or none. */
		MISSED_RUNS,
		/** What has run is not run again. */
		NEVER_AGAIN,
		/** Nobody loses its lease because another instance is stalled. */
		LEASE_OF_ITS_OWN,
		/** The crash watch has no process removed that lives. */
		NOBODY_REMOVED_ALIVE

	}

}
