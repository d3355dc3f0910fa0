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

import io.distributedtask.DistributedTasks;
import io.distributedtask.actuate.endpoint.AssignmentHistory;
import io.distributedtask.actuate.endpoint.AssignmentsEndpoint;
import io.distributedtask.actuate.endpoint.AssignmentsEndpointWebExtension;
import io.distributedtask.actuate.endpoint.UnknownFieldAdvisor;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the {@link AssignmentsEndpoint}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = DistributedTaskAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(AssignmentsEndpoint.class)
@ConditionalOnBean(value = DistributedTasks.class, search = SearchStrategy.CURRENT)
public final class DistributedTaskEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	AssignmentHistory assignmentHistory(DistributedTasks distributedTasks) {
		return new AssignmentHistory(distributedTasks);
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	AssignmentsEndpoint assignmentsEndpoint(DistributedTasks distributedTasks, AssignmentHistory history) {
		return new AssignmentsEndpoint(distributedTasks, history);
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	@ConditionalOnBean(value = AssignmentsEndpoint.class, search = SearchStrategy.CURRENT)
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	AssignmentsEndpointWebExtension assignmentsEndpointWebExtension(AssignmentsEndpoint assignmentsEndpoint) {
		return new AssignmentsEndpointWebExtension(assignmentsEndpoint);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(AssignmentsEndpoint.class)
	@ConditionalOnAvailableEndpoint(endpoint = AssignmentsEndpoint.class, exposure = EndpointExposure.WEB)
	UnknownFieldAdvisor assignmentsUnknownFieldAdvisor() {
		return new UnknownFieldAdvisor();
	}

}
