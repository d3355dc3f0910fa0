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

package io.distributedtask.sample;

import io.distributedtask.DistributedTask;
import io.distributedtask.OwnershipListener;
import io.distributedtask.TaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Leader election: keeps a record of who led, and when.
 */
@Component
@DistributedTask(LeaderTerms.NAME)
class LeaderTerms implements OwnershipListener {

	static final String NAME = "leader";

	private static final Logger logger = LoggerFactory.getLogger(LeaderTerms.class);

	private final JdbcClient jdbc;

	private final OwnershipLog ownershipLog;

	LeaderTerms(JdbcClient jdbc, OwnershipLog ownershipLog) {
		this.jdbc = jdbc;
		this.ownershipLog = ownershipLog;
	}

	@Override
	public void onAssigned(TaskContext task) {
		this.ownershipLog.running(task);
		logger.info("Term {} begins", task.fencingToken());
		this.jdbc
			.sql("insert into leader_term (token, instance, began_at) values (:token, :instance, current_timestamp)")
			.param("token", task.fencingToken())
			.param("instance", this.ownershipLog.instance())
			.update();
	}

	@Override
	public void onRevoked(TaskContext task) {
		end(task, "handed over");
	}

	@Override
	public void onLost(TaskContext task) {
		end(task, "lost");
	}

	private void end(TaskContext task, String how) {
		logger.info("Term {} ends: {}", task.fencingToken(), how);
		this.jdbc.sql("update leader_term set ended_at = current_timestamp, ended_by = :how where token = :token")
			.param("how", how)
			.param("token", task.fencingToken())
			.update();
	}

}
