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

import java.util.List;
import java.util.Map;
import java.util.Set;

import javax.sql.DataSource;

import io.distributedtask.sample.ChecksumReports.Checksum;
import io.distributedtask.sample.ChecksumStore.Digest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseBuilder;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ChecksumStore} and {@link ChecksumReports}.
 */
class ChecksumStoreTests {

	private static final String SUM = "0".repeat(64);

	private static final String OTHER_SUM = "1".repeat(64);

	private final EmbeddedDatabase database = new EmbeddedDatabaseBuilder().setType(EmbeddedDatabaseType.H2)
		.generateUniqueName(true)
		.addScript("schema.sql")
		.build();

	private final ChecksumStore store = store(this.database);

	private final ChecksumReports reports = new ChecksumReports(JdbcClient.create(this.database));

	private static ChecksumStore store(DataSource dataSource) {
		return new ChecksumStore(new JdbcTemplate(dataSource),
				new TransactionTemplate(new JdbcTransactionManager(dataSource)));
	}

	@BeforeEach
	void addFile() {
		this.store.add(Map.of("a.txt", new FileState(10, 1)), 1);
	}

	@AfterEach
	void close() {
		this.database.shutdown();
	}

	@Test
	void hashedFileIsNoLongerPending() {
		assertThat(this.store.write(file(), Digest.of(SUM), "one", 5)).isTrue();
		assertThat(this.store.pending(0, 1, 10)).isEmpty();
		assertThat(this.reports.checksums()).containsExactly(new Checksum("a.txt", new FileState(10, 1), SUM));
	}

	@Test
	void writeWithLowerTokenIsRefused() {
		PendingFile file = file();
		assertThat(this.store.write(file, Digest.of(SUM), "new", 6)).isTrue();
		assertThat(this.store.write(file, Digest.of(OTHER_SUM), "old", 5)).isFalse();
		assertThat(this.store.isFenced("a.txt", 5)).isTrue();
		assertThat(this.store.isFenced("a.txt", 6)).isFalse();
		assertThat(this.reports.checksums()).extracting(Checksum::sha256).containsExactly(SUM);
		assertThat(this.reports.rowsWrittenTwice()).isZero();
		assertThat(this.reports.writesByInstance()).containsExactly(Map.entry("new", 1L));
	}

	@Test
	void writesOfTwoOwnersForOneVersionAreSeen() {
		PendingFile file = file();
		assertThat(this.store.write(file, Digest.of(SUM), "old", 5)).isTrue();
		assertThat(this.store.write(file, Digest.of(SUM), "new", 6)).isTrue();
		assertThat(this.reports.rowsWrittenTwice()).isEqualTo(1);
	}

	@Test
	void sameOwnerWritesTheNextVersionOfFile() {
		assertThat(this.store.write(file(), Digest.of(SUM), "one", 5)).isTrue();
		assertThat(this.store.change(Map.of("a.txt", new FileState(11, 2)), 1)).isTrue();
		assertThat(this.reports.checksums()).isEmpty();
		assertThat(this.store.write(file(), Digest.of(OTHER_SUM), "one", 5)).isTrue();
		assertThat(this.reports.checksums()).extracting(Checksum::sha256).containsExactly(OTHER_SUM);
		assertThat(this.reports.rowsWrittenTwice()).isZero();
	}

	@Test
	void tokenOfRowOutlivesChangeOfFile() {
		assertThat(this.store.write(file(), Digest.of(SUM), "new", 6)).isTrue();
		this.store.change(Map.of("a.txt", new FileState(11, 2)), 1);
		assertThat(this.store.write(file(), Digest.of(SUM), "old", 5)).isFalse();
	}

	@Test
	void sumOfStateThatIsGoneIsRefused() {
		PendingFile before = file();
		this.store.change(Map.of("a.txt", new FileState(11, 2)), 1);
		assertThat(this.store.write(before, Digest.of(SUM), "one", 5)).isFalse();
		assertThat(this.store.isFenced("a.txt", 5)).isFalse();
	}

	@Test
	void fileThatComesBackIsNewVersion() {
		assertThat(this.store.write(file(), Digest.of(SUM), "one", 5)).isTrue();
		assertThat(this.store.remove(Set.of("a.txt"), 1)).isTrue();
		assertThat(this.store.known()).isEmpty();
		addFile();
		assertThat(this.store.write(file(), Digest.of(SUM), "one", 5)).isTrue();
		assertThat(this.reports.rowsWrittenTwice()).isZero();
	}

	@Test
	void scanWithLowerTokenIsRefused() {
		assertThat(this.store.scanned(7)).isTrue();
		assertThat(this.store.add(Map.of("b.txt", new FileState(1, 1)), 6)).isFalse();
		assertThat(this.store.change(Map.of("a.txt", new FileState(1, 1)), 6)).isFalse();
		assertThat(this.store.remove(Set.of("a.txt"), 6)).isFalse();
		assertThat(this.store.scanned(6)).isFalse();
		assertThat(this.store.known()).containsExactly(Map.entry("a.txt", new FileState(10, 1)));
		assertThat(this.store.scanned(7)).isTrue();
	}

	@Test
	void unreadableFileIsDoneUntilItChanges() {
		this.store.scanned(1);
		this.store.write(file(), Digest.failed(new IllegalStateException("no")), "one", 5);
		Progress progress = this.reports.progress();
		assertThat(progress).isEqualTo(new Progress(1, 1, 0, 1, 10));
		assertThat(progress.isComplete()).isTrue();
		this.store.change(Map.of("a.txt", new FileState(11, 2)), 1);
		assertThat(this.reports.progress().isComplete()).isFalse();
	}

	@Test
	void eachFileFallsToOneShard() {
		for (int i = 0; i < 100; i++) {
			this.store.add(Map.of("folder/" + i, new FileState(i, i)), 1);
		}
		int found = 0;
		for (int shard = 0; shard < 16; shard++) {
			found += this.store.pending(shard, 16, 1000).size();
		}
		assertThat(found).isEqualTo(101);
	}

	private PendingFile file() {
		List<PendingFile> pending = this.store.pending(0, 1, 10);
		assertThat(pending).hasSize(1);
		return pending.get(0);
	}

}
