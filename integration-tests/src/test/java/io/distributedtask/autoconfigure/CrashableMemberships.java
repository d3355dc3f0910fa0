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

import java.util.Objects;

import io.distributedtask.fixture.Instances;
import io.distributedtask.internal.port.GroupMembershipFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Wraps the memberships that are made, so that they can be cut off.
 */
final class CrashableMemberships implements BeanPostProcessor, Instances.Crashable {

	private volatile @Nullable CrashableMembership last;

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof GroupMembershipFactory factory) {
			return (GroupMembershipFactory) (instance) -> {
				CrashableMembership membership = new CrashableMembership(factory.create(instance));
				this.last = membership;
				return membership;
			};
		}
		return bean;
	}

	@Override
	public void crash() {
		Objects.requireNonNull(this.last, "no membership was made").crash();
	}

}
