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

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * The observations of distributed tasks.
 *
 * @since 0.1.0
 */
public enum TaskRunObservationDocumentation implements ObservationDocumentation {

	/**
	 * One run of a task: a call of a scheduled or continuous method, or the start of a
	 * listener, a lifecycle bean or a Kafka listener.
	 */
	RUN {

		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return DefaultTaskRunObservationConvention.class;
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return LowCardinalityKeyNames.values();
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return HighCardinalityKeyNames.values();
		}

	};

	/**
	 * Keys with few values, which become tags of the timer.
	 */
	public enum LowCardinalityKeyNames implements KeyName {

		/** The group id. */
		GROUP {

			@Override
			public String asString() {
				return "group";
			}

		},

		/** Name of the task. */
		TASK {

			@Override
			public String asString() {
				return "task";
			}

		},

		/** How the run ended. */
		OUTCOME {

			@Override
			public String asString() {
				return "outcome";
			}

		}

	}

	/**
	 * Keys with many values, which are seen in traces only.
	 */
	public enum HighCardinalityKeyNames implements KeyName {

		/** The shard. */
		SHARD {

			@Override
			public String asString() {
				return "shard";
			}

		},

		/** The fencing token of the ownership. */
		TOKEN {

			@Override
			public String asString() {
				return "token";
			}

		},

		/** Name of the instance. */
		INSTANCE {

			@Override
			public String asString() {
				return "instance";
			}

		}

	}

}
