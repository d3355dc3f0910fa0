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

package io.distributedtask.autoconfigure;

import io.distributedtask.autoconfigure.DistributedTaskProperties.Mode;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches where ownership is decided in one of the ways. Reads the property as
 * {@link DistributedTaskProperties#mode()} does, so that the two agree.
 */
abstract class OnModeCondition extends SpringBootCondition {

	private static final String PROPERTY = "distributed-task.mode";

	private final Mode wanted;

	private OnModeCondition(Mode wanted) {
		this.wanted = wanted;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Mode mode = Binder.get(context.getEnvironment()).bind(PROPERTY, Mode.class).orElse(Mode.KAFKA);
		return new ConditionOutcome(mode == this.wanted, ConditionMessage.of("%s is %s".formatted(PROPERTY, mode)));
	}

	/**
	 * Matches where a Kafka group decides.
	 */
	static class Kafka extends OnModeCondition {

		Kafka() {
			super(Mode.KAFKA);
		}

	}

	/**
	 * Matches where this instance owns everything.
	 */
	static class Local extends OnModeCondition {

		Local() {
			super(Mode.LOCAL);
		}

	}

}
