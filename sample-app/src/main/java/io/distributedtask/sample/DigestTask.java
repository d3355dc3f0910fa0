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

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;

import io.distributedtask.DistributedTask;
import io.distributedtask.TaskContext;
import io.distributedtask.sample.ChecksumStore.Digest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/**
 * Hashes the files, each shard those that fall to it.
 */
@Component
class DigestTask {

	static final String NAME = "digest";

	private static final Logger logger = LoggerFactory.getLogger(DigestTask.class);

	private static final Duration IDLE = Duration.ofMillis(500);

	private static final int BATCH = 50;

	private final ChecksumStore store;

	private final OwnershipLog ownershipLog;

	private final ChecksumsProperties properties;

	DigestTask(ChecksumStore store, OwnershipLog ownershipLog, ChecksumsProperties properties) {
		this.store = store;
		this.ownershipLog = ownershipLog;
		this.properties = properties;
	}

	@DistributedTask(name = NAME, shards = 16)
	void digest(TaskContext task) throws InterruptedException {
		this.ownershipLog.running(task);
		while (task.isOwned()) {
			if (digestSome(task) == 0) {
				pause(task, IDLE);
			}
		}
	}

	private int digestSome(TaskContext task) throws InterruptedException {
		List<PendingFile> files = this.store.pending(task.shard(), task.shardCount(), BATCH);
		int written = 0;
		for (PendingFile file : files) {
			task.ensureOwned();
			if (digest(file, task)) {
				written++;
				pause(task, pace());
			}
		}
		return written;
	}

	private boolean digest(PendingFile file, TaskContext task) throws InterruptedException {
		Path path = this.properties.folder().resolve(file.path());
		Digest digest;
		try {
			digest = Digest.of(FileDigest.sha256(path, task::ensureOwned));
			if (!file.state().equals(stateOf(path))) {
				return false; // the next scan gives it a new version
			}
		}
		catch (NoSuchFileException ex) {
			return false; // the next scan drops it
		}
		catch (ClosedByInterruptException ex) {
			throw new InterruptedException();
		}
		catch (IOException ex) {
			digest = Digest.failed(ex);
		}
		task.ensureOwned();
		boolean written = this.store.write(file, digest, this.ownershipLog.instance(), task.fencingToken());
		if (!written && this.store.isFenced(file.path(), task.fencingToken())) {
			logger.warn("Write of '{}' refused: a later owner of shard {} has written it", file.path(), task.shard());
			this.ownershipLog.refused(task);
		}
		return written;
	}

	private FileState stateOf(Path path) throws IOException {
		return FileState.of(Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
	}

	private Duration pace() {
		double pace = this.properties.pace();
		return (pace > 0) ? Duration.ofNanos((long) (1_000_000_000 / pace)) : Duration.ZERO;
	}

	/**
	 * Waits in short steps: asking for ownership costs nothing, and what is handed over
	 * late is late for everybody.
	 */
	private void pause(TaskContext task, Duration duration) throws InterruptedException {
		long end = System.nanoTime() + duration.toNanos();
		for (long left = duration.toMillis(); left > 0
				&& task.isOwned(); left = (end - System.nanoTime()) / 1_000_000) {
			Thread.sleep(Math.min(left, 10));
		}
	}

}
