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

import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

import io.distributedtask.TaskDefinition;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.autoconfigure.DistributedTaskProperties.Mode;
import io.distributedtask.internal.annotation.TaskConfigurationException;
import io.distributedtask.internal.engine.TaskEngine;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.GroupMembershipFactory;
import io.distributedtask.internal.port.MemberSettings;
import io.distributedtask.internal.port.MembershipListener;
import io.distributedtask.internal.port.TaskRunner;
import org.jspecify.annotations.Nullable;

/**
 * Makes coordinators: one for each time the application's lifecycle starts.
 */
class TaskEngineFactory {

	private final DistributedTaskProperties properties;

	private final GroupId groupId;

	private final InstanceAddress address;

	private final TaskRunner runner;

	private final ContextHierarchy contexts;

	private final MembershipListener listener;

	TaskEngineFactory(DistributedTaskProperties properties, GroupId groupId, InstanceAddress address, TaskRunner runner,
			ContextHierarchy contexts, MembershipListener listener) {
		this.properties = properties;
		this.groupId = groupId;
		this.address = address;
		this.runner = runner;
		this.contexts = contexts;
		this.listener = listener;
	}

	/**
	 * Fail if no coordinator can be made.
	 * @throws TaskConfigurationException with the reason and the remedy
	 */
	void check() {
		selectAssignors();
		memberships();
	}

	String groupId() {
		return this.groupId.value();
	}

	String instanceName() {
		return this.address.name();
	}

	/**
	 * The tasks that this instance can run.
	 * @return their names
	 */
	Collection<String> taskNames() {
		return this.runner.tasks().stream().map(TaskDefinition::name).toList();
	}

	/**
	 * Make a coordinator that has not been started yet.
	 * @return a new coordinator
	 */
	TaskEngine create() {
		DistributedTaskProperties properties = this.properties;
		String instance = instanceName();
		int maxMoves = Objects.requireNonNullElse(properties.maxMovesPerRebalance(), Integer.MAX_VALUE);
		MemberSettings settings = new MemberSettings(groupId(), instance, uri(), properties.labels(),
				properties.capacity(), properties.heartbeatInterval(), properties.sessionTimeout(),
				properties.rebalanceTimeout(), properties.revokeTimeout(), properties.rebalanceDelay(), maxMoves,
				properties.staticMemberId() != null, properties.mode() == Mode.LOCAL);
		List<TaskAssignor> assignors = selectAssignors();
		return new TaskEngine(settings, memberships().create(instance), this.runner, assignors, this.listener,
				Clocks.SYSTEM);
	}

	/**
	 * Asked for by the group's thread, so it is found before, if the ports are known
	 * then.
	 */
	private Supplier<@Nullable URI> uri() {
		this.address.await();
		URI uri = this.address.actuatorUri();
		return (uri != null) ? () -> uri : this.address::actuatorUri;
	}

	private List<TaskAssignor> selectAssignors() {
		return TaskAssignors.select(this.properties.assignors(), this.contexts.assignors());
	}

	private GroupMembershipFactory memberships() {
		GroupMembershipFactory memberships = this.contexts.memberships();
		if (memberships == null) {
			throw new TaskConfigurationException(
					"Distributed tasks need a connection to Kafka, and there is none: Kafka's client or Spring Boot's "
							+ "Kafka support is not on the class path, or its KafkaAutoConfiguration is excluded.",
					"Add 'org.springframework.boot:spring-boot-starter-kafka', or stop excluding "
							+ "KafkaAutoConfiguration, or set 'distributed-task.mode=local' to run everything on this "
							+ "instance.");
		}
		return memberships;
	}

}
