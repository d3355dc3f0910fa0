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

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.registry.HealthContributorRegistry;

/**
 * Adds health to the registry of a parent context, for Spring Boot adds only that of the
 * context that has the registry. It goes when this context does: the registry stays.
 */
class InheritedHealth implements SmartInitializingSingleton, DisposableBean {

	private static final String NAME = "distributedTasks";

	private final HealthContributor contributor;

	private final String groupId;

	private final @Nullable HealthContributorRegistry inherited;

	private @Nullable String name;

	InheritedHealth(HealthContributor contributor, String groupId, @Nullable HealthContributorRegistry inherited) {
		this.contributor = contributor;
		this.groupId = groupId;
		this.inherited = inherited;
	}

	@Override
	public void afterSingletonsInstantiated() {
		HealthContributorRegistry registry = this.inherited;
		if (registry != null) {
			String name = NAME;
			for (int number = 1; registry.getContributor(name) != null; number++) {
				name = NAME + "-" + this.groupId.replace('/', '-') + ((number > 1) ? "-" + number : "");
			}
			registry.registerContributor(name, this.contributor);
			this.name = name;
		}
	}

	@Override
	public void destroy() {
		if (this.inherited != null && this.name != null) {
			this.inherited.unregisterContributor(this.name);
		}
	}

}
