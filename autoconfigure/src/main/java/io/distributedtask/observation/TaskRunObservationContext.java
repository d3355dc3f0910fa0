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

package io.distributedtask.observation;

import io.distributedtask.TaskContext;
import io.micrometer.observation.Observation;

/**
 * The context of an observed run. May be read from any thread.
 *
 * @since 0.1.0
 */
public class TaskRunObservationContext extends Observation.Context {

	private final TaskContext task;

	private final String instance;

	private final String group;

	private volatile Outcome outcome = Outcome.UNKNOWN;

	/**
	 * Create the context of a run that begins.
	 * @param task the ownership under which it runs
	 * @param instance the name of the instance
	 * @param group the group id
	 */
	public TaskRunObservationContext(TaskContext task, String instance, String group) {
		this.group = group;
		this.task = task;
		this.instance = instance;
	}

	/**
	 * The ownership under which it runs.
	 * @return the context that the task itself sees
	 */
	public TaskContext getTask() {
		return this.task;
	}

	/**
	 * The instance on which it runs.
	 * @return the name of the instance
	 */
	public String getInstance() {
		return this.instance;
	}

	/**
	 * The group to which the instance belongs.
	 * @return the group id
	 */
	public String getGroup() {
		return this.group;
	}

	/**
	 * How it ended.
	 * @return the outcome, {@link Outcome#UNKNOWN} while it runs
	 */
	public Outcome getOutcome() {
		return this.outcome;
	}

	/**
	 * Set how it ended.
	 * @param outcome the outcome
	 */
	public void setOutcome(Outcome outcome) {
		this.outcome = outcome;
	}

	/**
	 * How a run ended.
	 */
	public enum Outcome {

		/** It returned. */
		SUCCESS,
		/** It threw an exception. */
		ERROR,
		/** It ended because its shard was revoked, lost or paused. */
		STOPPED,
		/** It has not ended yet. */
		UNKNOWN

	}

}
