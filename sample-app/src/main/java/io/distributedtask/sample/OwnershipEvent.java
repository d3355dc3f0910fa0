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

package io.distributedtask.sample;

import java.time.Instant;

import io.distributedtask.TaskId;

/**
 * What an instance said about a shard.
 *
 * @param id the number of the row
 * @param task the shard
 * @param instance the name of the instance
 * @param kind what happened
 * @param at when
 */
record OwnershipEvent(long id, TaskId task, String instance, Kind kind, Instant at) {

	enum Kind {

		/** It has become the owner. */
		ASSIGNED("got"),
		/** Its own code began to run. */
		RUNNING("runs"),
		/** It has stopped, to hand over. */
		REVOKED("gave back"),
		/** It has lost the shard without handing it over. */
		LOST("lost"),
		/** A write was refused, since a later owner had written. */
		REFUSED("was refused a write of");

		private final String verb;

		Kind(String verb) {
			this.verb = verb;
		}

		String verb() {
			return this.verb;
		}

	}

}
