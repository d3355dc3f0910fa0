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

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import io.distributedtask.internal.port.Callbacks;
import io.distributedtask.internal.port.GroupDescription;
import io.distributedtask.internal.port.GroupException;
import io.distributedtask.internal.port.GroupMembership;
import io.distributedtask.internal.port.GroupMembershipFactory;
import io.distributedtask.internal.port.Silence;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Counts how often the group is tried in vain.
 */
final class ObservedMemberships implements BeanPostProcessor {

	private final AtomicInteger failures = new AtomicInteger();

	int failures() {
		return this.failures.get();
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String name) {
		return (bean instanceof GroupMembershipFactory factory)
				? (GroupMembershipFactory) (instance) -> new Observed(factory.create(instance), this.failures) : bean;
	}

	private record Observed(GroupMembership membership, AtomicInteger failures) implements GroupMembership {

		@Override
		public void poll(Duration timeout, Callbacks callbacks) {
			try {
				this.membership.poll(timeout, callbacks);
			}
			catch (GroupException ex) {
				this.failures.incrementAndGet();
				throw ex;
			}
		}

		@Override
		public void wakeup() {
			this.membership.wakeup();
		}

		@Override
		public void requestRejoin(String reason) {
			this.membership.requestRejoin(reason);
		}

		@Override
		public void leave(String reason, Duration timeout) {
			this.membership.leave(reason, timeout);
		}

		@Override
		public @Nullable Silence silence() {
			return this.membership.silence();
		}

		@Override
		public @Nullable GroupDescription describe(Duration timeout) {
			return this.membership.describe(timeout);
		}

		@Override
		public void close() {
			this.membership.close();
		}

	}

}
