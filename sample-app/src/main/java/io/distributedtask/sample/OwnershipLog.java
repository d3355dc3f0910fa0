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

import java.time.Instant;

import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskContext;
import io.distributedtask.TaskId;
import io.distributedtask.event.TaskAssignedEvent;
import io.distributedtask.event.TaskLostEvent;
import io.distributedtask.event.TaskRevokedEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Records what happens to the shards of this instance, for the demonstration to show and
 * to time.
 */
@Component
class OwnershipLog {

	private static final Logger logger = LoggerFactory.getLogger(OwnershipLog.class);

	private final JdbcClient jdbc;

	private final ObjectProvider<DistributedTasks> tasks;

	OwnershipLog(JdbcClient jdbc, ObjectProvider<DistributedTasks> tasks) {
		this.jdbc = jdbc;
		this.tasks = tasks;
	}

	/**
	 * The name of this instance.
	 * @return the name
	 */
	String instance() {
		return this.tasks.getObject().membership().instance();
	}

	/**
	 * The work of a shard begins here.
	 * @param task the ownership
	 */
	void running(TaskContext task) {
		record(task, OwnershipEvent.Kind.RUNNING);
	}

	/**
	 * A write was refused.
	 * @param task the ownership
	 */
	void refused(TaskContext task) {
		record(task, OwnershipEvent.Kind.REFUSED);
	}

	@EventListener
	void onAssigned(TaskAssignedEvent event) {
		record(event.task(), event.fencingToken(), OwnershipEvent.Kind.ASSIGNED);
	}

	@EventListener
	void onRevoked(TaskRevokedEvent event) {
		record(event.task(), event.fencingToken(), OwnershipEvent.Kind.REVOKED);
	}

	@EventListener
	void onLost(TaskLostEvent event) {
		record(event.task(), event.fencingToken(), OwnershipEvent.Kind.LOST);
	}

	@EventListener
	void onReady(ApplicationReadyEvent event) {
		this.jdbc.sql("merge into instance (name, pid, port) key (name) values (:name, :pid, :port)")
			.param("name", instance())
			.param("pid", ProcessHandle.current().pid())
			.param("port",
					event.getApplicationContext()
						.getEnvironment()
						.getRequiredProperty("local.server.port", Integer.class))
			.update();
	}

	private void record(TaskContext task, OwnershipEvent.Kind kind) {
		record(new TaskId(task.name(), task.shard()), task.fencingToken(), kind);
	}

	private void record(TaskId task, long token, OwnershipEvent.Kind kind) {
		Instant now = Instant.now();
		try {
			this.jdbc.sql("""
					insert into ownership_log (task, shard, instance, token, kind, at)
					values (:task, :shard, :instance, :token, :kind, :at)
					""")
				.param("task", task.name())
				.param("shard", task.shard())
				.param("instance", instance())
				.param("token", token)
				.param("kind", kind.name())
				.param("at", now.toEpochMilli())
				.update();
		}
		catch (DataAccessException ex) {
			// A record for people: the work goes on without it
			logger.debug("Not recorded: {} {}", kind, task, ex);
		}
	}

}
