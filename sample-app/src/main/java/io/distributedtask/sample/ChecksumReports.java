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
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.distributedtask.TaskId;

import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * What the tables tell, read only.
 */
@Repository
class ChecksumReports {

	private final JdbcClient jdbc;

	ChecksumReports(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	Progress progress() {
		return this.jdbc.sql("""
				select (select scans from scan_state) as scans, count(*) as files, count(sha256) as hashed,
					count(problem) as unreadable, coalesce(sum(case when pending then 0 else size end), 0) as bytes
				from checksum
				""")
			.query((row, number) -> new Progress(row.getLong("scans"), row.getLong("files"), row.getLong("hashed"),
					row.getLong("unreadable"), row.getLong("bytes")))
			.single();
	}

	/**
	 * How many rows were written twice for one version of the file: work of two instances
	 * that both took themselves for the owner. An owner that dies before its write is
	 * committed leaves none behind, so the next one's is the first.
	 * @return the number of such rows
	 */
	long rowsWrittenTwice() {
		return this.jdbc.sql("""
				select count(*) from
					(select path, version from digest_log group by path, version having count(*) > 1)
				""").query(Long.class).single();
	}

	/**
	 * How many writes were accepted.
	 * @return the number of writes, by instance
	 */
	Map<String, Long> writesByInstance() {
		Map<String, Long> writes = new HashMap<>();
		this.jdbc.sql("select instance, count(*) as writes from digest_log group by instance")
			.query((RowCallbackHandler) (row) -> writes.put(row.getString("instance"), row.getLong("writes")));
		return writes;
	}

	List<OwnershipEvent> ownershipEventsAfter(long id) {
		return this.jdbc.sql("select id, task, shard, instance, kind, at from ownership_log where id > :id order by id")
			.param("id", id)
			.query((row, number) -> new OwnershipEvent(row.getLong("id"),
					new TaskId(row.getString("task"), row.getInt("shard")), row.getString("instance"),
					OwnershipEvent.Kind.valueOf(row.getString("kind")), Instant.ofEpochMilli(row.getLong("at"))))
			.list();
	}

	/**
	 * Where the instances that are up can be reached.
	 * @return their ports, by name
	 */
	Map<String, Integer> ports() {
		Map<String, Integer> ports = new HashMap<>();
		this.jdbc.sql("select name, port from instance")
			.query((RowCallbackHandler) (row) -> ports.put(row.getString("name"), row.getInt("port")));
		return ports;
	}

	List<Checksum> checksums() {
		return this.jdbc.sql("select path, size, modified, sha256 from checksum where sha256 is not null order by path")
			.query((row, number) -> new Checksum(row.getString("path"),
					new FileState(row.getLong("size"), row.getLong("modified")), row.getString("sha256")))
			.list();
	}

	/**
	 * A file and its sum.
	 *
	 * @param path the path, relative to the folder
	 * @param state the state of the file that was hashed
	 * @param sha256 the sum
	 */
	record Checksum(String path, FileState state, String sha256) {
	}

}
