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

package io.distributedtask.internal.group.kafka42;

import io.distributedtask.internal.group.ReticentLogger;
import org.apache.kafka.common.utils.LogContext;
import org.slf4j.Logger;

/**
 * Has the Kafka client write to a {@link ReticentLogger}.
 */
final class MembershipLogContext extends LogContext {

	MembershipLogContext(String prefix) {
		super(prefix);
	}

	@Override
	public Logger logger(Class<?> type) {
		return new ReticentLogger(super.logger(type));
	}

	@Override
	public Logger logger(String name) {
		return new ReticentLogger(super.logger(name));
	}

}
