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
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import io.distributedtask.DistributedTask;
import io.distributedtask.OwnershipLostException;
import io.distributedtask.TaskContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Records which files there are: new ones, changed ones, and those that are gone. A scan
 * that is cut short or repeated does no harm, since it works on differences only.
 */
@Component
class ScanTask {

	private static final Logger logger = LoggerFactory.getLogger(ScanTask.class);

	private static final int BATCH = 500;

	private final ChecksumStore store;

	private final ChecksumsProperties properties;

	ScanTask(ChecksumStore store, ChecksumsProperties properties) {
		this.store = store;
		this.properties = properties;
	}

	@DistributedTask("scan")
	@Scheduled(fixedDelayString = "${checksums.scan-delay:2s}")
	void scan(TaskContext task) throws IOException {
		Map<String, FileState> gone = this.store.known();
		Map<String, FileState> added = new HashMap<>();
		Map<String, FileState> changed = new HashMap<>();
		visit(task, (path, state) -> {
			FileState known = gone.remove(path);
			if (known == null) {
				put(added, path, state, task);
			}
			else if (!known.equals(state)) {
				changed.put(path, state);
			}
		});
		flush(added, task);
		requireWritten(changed.isEmpty() || this.store.change(changed, task.fencingToken()), task);
		requireWritten(gone.isEmpty() || this.store.remove(Set.copyOf(gone.keySet()), task.fencingToken()), task);
		requireWritten(this.store.scanned(task.fencingToken()), task);
	}

	/**
	 * New files are written on the way, so that hashing need not wait for the whole scan.
	 */
	private void put(Map<String, FileState> added, String path, FileState state, TaskContext task) {
		added.put(path, state);
		if (added.size() >= BATCH) {
			flush(added, task);
		}
	}

	private void flush(Map<String, FileState> added, TaskContext task) {
		requireWritten(added.isEmpty() || this.store.add(added, task.fencingToken()), task);
		added.clear();
	}

	private void requireWritten(boolean written, TaskContext task) {
		if (!written) {
			throw new OwnershipLostException(task.name(), task.shard(), task.fencingToken());
		}
	}

	private void visit(TaskContext task, FileConsumer consumer) throws IOException {
		Path folder = this.properties.folder();
		Files.walkFileTree(folder, new SimpleFileVisitor<>() {

			@Override
			public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
				task.ensureOwned();
				if (attributes.isRegularFile()) {
					consumer.accept(relative(folder, file), FileState.of(attributes));
				}
				return FileVisitResult.CONTINUE;
			}

			@Override
			public FileVisitResult visitFileFailed(Path file, IOException ex) {
				logger.debug("Left out: {}", file, ex);
				return FileVisitResult.CONTINUE;
			}

			@Override
			public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException ex) {
				return FileVisitResult.CONTINUE;
			}

		});
	}

	private static String relative(Path folder, Path file) {
		return folder.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "/");
	}

	@FunctionalInterface
	private interface FileConsumer {

		void accept(String path, FileState state);

	}

}
