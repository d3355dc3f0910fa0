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

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionOperations;

/**
 * The rows of the files. Every write carries the fencing token of the shard that it is
 * made for, and is refused when a later owner has written before: an owner that was
 * frozen and resumes cannot spoil anything.
 */
@Repository
class ChecksumStore {

	/**
	 * One statement compares and writes, so no other write can come between.
	 */
	private static final String FENCED_WRITE = """
			update checksum
			set sha256 = :sha256, problem = :problem, pending = false, instance = :instance, token = :token,
				writes = writes + 1, written_at = current_timestamp
			where path = :path and version = :version and token <= :token
			""";

	private static final String LOG_WRITE = """
			insert into digest_log (path, version, instance, token, written_at)
			values (:path, :version, :instance, :token, current_timestamp)
			""";

	private static final String FENCE_SCAN = "update scan_state set token = :token where token <= :token";

	private static final String INSERT = """
			insert into checksum (size, modified, hash_key, path, version, pending, token, writes)
			values (?, ?, ?, ?, next value for checksum_version, true, 0, 0)
			""";

	private static final String CHANGE = """
			update checksum
			set size = ?, modified = ?, version = next value for checksum_version, pending = true, sha256 = null,
				problem = null
			where path = ?
			""";

	private final JdbcClient jdbc;

	private final JdbcTemplate template;

	private final TransactionOperations transaction;

	ChecksumStore(JdbcTemplate template, TransactionOperations transaction) {
		this.jdbc = JdbcClient.create(template);
		this.template = template;
		this.transaction = transaction;
	}

	/**
	 * Files of a shard that wait to be hashed.
	 * @param shard the shard
	 * @param shards the number of shards
	 * @param limit most files to return
	 * @return some of the files, in no order
	 */
	List<PendingFile> pending(int shard, int shards, int limit) {
		return this.jdbc.sql("""
				select path, size, modified, version from checksum
				where pending and mod(hash_key, :shards) = :shard limit :limit
				""")
			.param("shard", shard)
			.param("shards", shards)
			.param("limit", limit)
			.query((row, number) -> new PendingFile(row.getString("path"),
					new FileState(row.getLong("size"), row.getLong("modified")), row.getLong("version")))
			.list();
	}

	/**
	 * Write a file's sum, unless a later owner has written it or the file has changed.
	 * @param file the file as it was read
	 * @param digest its sum, or why there is none
	 * @param instance the name of this instance
	 * @param token the fencing token of the file's shard
	 * @return whether the sum was written
	 */
	boolean write(PendingFile file, Digest digest, String instance, long token) {
		return Boolean.TRUE.equals(this.transaction.execute((status) -> {
			int rows = this.jdbc.sql(FENCED_WRITE)
				.param("sha256", digest.sha256())
				.param("problem", digest.problem())
				.param("instance", instance)
				.param("token", token)
				.param("path", file.path())
				.param("version", file.version())
				.update();
			if (rows == 1) {
				this.jdbc.sql(LOG_WRITE)
					.param("path", file.path())
					.param("version", file.version())
					.param("instance", instance)
					.param("token", token)
					.update();
			}
			return rows == 1;
		}));
	}

	/**
	 * Whether a later owner has written a row.
	 * @param path the row
	 * @param token the token of this owner
	 * @return whether the row carries a higher token
	 */
	boolean isFenced(String path, long token) {
		return this.jdbc.sql("select token from checksum where path = :path")
			.param("path", path)
			.query(Long.class)
			.optional()
			.filter((written) -> written > token)
			.isPresent();
	}

	/**
	 * The files as the last scan saw them.
	 * @return what is known of each, by path
	 */
	Map<String, FileState> known() {
		Map<String, FileState> known = new HashMap<>();
		this.jdbc.sql("select path, size, modified from checksum")
			.query((RowCallbackHandler) (row) -> known.put(row.getString("path"),
					new FileState(row.getLong("size"), row.getLong("modified"))));
		return known;
	}

	/**
	 * Add files.
	 * @param files the files, by path
	 * @param token the fencing token of the scan
	 * @return whether they were added; {@code false} when a later scan was at work
	 */
	boolean add(Map<String, FileState> files, long token) {
		return batch(files, token, INSERT, (path, row) -> {
			row.add(path.hashCode() & Integer.MAX_VALUE);
			row.add(path);
		});
	}

	/**
	 * Mark files as changed.
	 * @param files the files, by path
	 * @param token the fencing token of the scan
	 * @return whether they were marked; {@code false} when a later scan was at work
	 */
	boolean change(Map<String, FileState> files, long token) {
		return batch(files, token, CHANGE, (path, row) -> row.add(path));
	}

	private boolean batch(Map<String, FileState> files, long token, String sql, BiConsumer<String, List<Object>> key) {
		List<Object[]> rows = new ArrayList<>();
		files.forEach((path, state) -> {
			List<Object> row = new ArrayList<>(List.of(state.size(), state.modified()));
			key.accept(path, row);
			rows.add(row.toArray());
		});
		return fenced(token, () -> this.template.batchUpdate(sql, rows));
	}

	/**
	 * Drop files that are gone.
	 * @param paths their paths
	 * @param token the fencing token of the scan
	 * @return whether they were dropped; {@code false} when a later scan was at work
	 */
	boolean remove(Set<String> paths, long token) {
		List<Object[]> rows = paths.stream().map((path) -> new Object[] { path }).toList();
		return fenced(token, () -> this.template.batchUpdate("delete from checksum where path = ?", rows));
	}

	/**
	 * Note that a whole scan is in the table.
	 * @param token the fencing token of the scan
	 * @return whether it was noted; {@code false} when a later scan was at work
	 */
	boolean scanned(long token) {
		return fenced(token, () -> this.template.update("update scan_state set scans = scans + 1"));
	}

	/**
	 * The first statement of the transaction locks the fence, so a rival's waits for the
	 * commit and then sees this token.
	 */
	private boolean fenced(long token, Runnable work) {
		return Boolean.TRUE.equals(this.transaction.execute((status) -> {
			if (this.jdbc.sql(FENCE_SCAN).param("token", token).update() == 0) {
				return false;
			}
			work.run();
			return true;
		}));
	}

	/**
	 * The sum of a file, or why there is none.
	 *
	 * @param sha256 the sum as 64 hexadecimal digits
	 * @param problem why the file could not be read
	 */
	record Digest(@Nullable String sha256, @Nullable String problem) {

		static Digest of(String sha256) {
			return new Digest(sha256, null);
		}

		static Digest failed(Exception cause) {
			String problem = cause.toString();
			return new Digest(null, problem.substring(0, Math.min(problem.length(), 1000)));
		}

	}

}
