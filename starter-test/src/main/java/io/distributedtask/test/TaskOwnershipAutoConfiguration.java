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

package io.distributedtask.test;

import io.distributedtask.autoconfigure.DistributedTaskAutoConfiguration;
import io.distributedtask.autoconfigure.DistributedTaskProperties;
import io.distributedtask.internal.port.GroupMembershipFactory;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of a group whose assignments are made by the test. It takes the
 * place of Kafka, and of local mode.
 */
@AutoConfiguration(before = DistributedTaskAutoConfiguration.class)
final class TaskOwnershipAutoConfiguration {

	@Bean
	TaskOwnership taskOwnership(DistributedTaskProperties properties, BeanFactory beans) {
		return new TaskOwnership(properties, beans);
	}

	@Bean
	GroupMembershipFactory controlledMembershipFactory(TaskOwnership ownership) {
		return (instance) -> ownership.join();
	}

}
