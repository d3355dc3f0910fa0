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

import io.distributedtask.observation.TaskRunObservationDocumentation.HighCardinalityKeyNames;
import io.distributedtask.observation.TaskRunObservationDocumentation.LowCardinalityKeyNames;
import io.micrometer.common.KeyValues;

/**
 * The default {@link TaskRunObservationConvention}.
 *
 * @since 0.1.0
 */
public class DefaultTaskRunObservationConvention implements TaskRunObservationConvention {

	@Override
	public String getName() {
		return "distributed.task.run";
	}

	@Override
	public String getContextualName(TaskRunObservationContext context) {
		return "task " + context.getTask().name();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(TaskRunObservationContext context) {
		return KeyValues.of(LowCardinalityKeyNames.GROUP.withValue(context.getGroup()),
				LowCardinalityKeyNames.TASK.withValue(context.getTask().name()),
				LowCardinalityKeyNames.OUTCOME.withValue(context.getOutcome().name()));
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(TaskRunObservationContext context) {
		return KeyValues.of(HighCardinalityKeyNames.SHARD.withValue(Integer.toString(context.getTask().shard())),
				HighCardinalityKeyNames.TOKEN.withValue(Long.toString(context.getTask().fencingToken())),
				HighCardinalityKeyNames.INSTANCE.withValue(context.getInstance()));
	}

}
