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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;

import org.springframework.util.FileSystemUtils;

/**
 * What must be undone in the end, however that comes: the last first, and once. Also done
 * when the process is told to stop.
 */
final class Cleanup implements AutoCloseable {

	private final Deque<AutoCloseable> resources = new ArrayDeque<>();

	private boolean closed;

	Cleanup() {
		Runtime.getRuntime().addShutdownHook(new Thread(this::close, "cleanup"));
	}

	/**
	 * Start something that must be closed. A process that is told to stop meanwhile waits
	 * until it can be closed, so that nothing half started is left behind.
	 * @param starter starts it
	 * @param <T> the type of what is started
	 * @return what was started
	 * @throws Exception if it cannot be started, or the process is ending
	 */
	synchronized <T extends AutoCloseable> T start(Callable<T> starter) throws Exception {
		if (this.closed) {
			throw new IllegalStateException("The process is ending");
		}
		T started = starter.call();
		this.resources.push(started);
		return started;
	}

	<T extends AutoCloseable> T add(T resource) throws Exception {
		return start(() -> resource);
	}

	Path temporaryFolder() throws Exception {
		return start(TemporaryFolder::create).path();
	}

	synchronized boolean isClosed() {
		return this.closed;
	}

	@Override
	public synchronized void close() {
		this.closed = true;
		while (!this.resources.isEmpty()) {
			try {
				this.resources.pop().close();
			}
			catch (Exception ex) {
				System.err.println("Not cleaned up: " + ex);
			}
		}
	}

	private record TemporaryFolder(Path path) implements AutoCloseable {

		static TemporaryFolder create() throws IOException {
			return new TemporaryFolder(Files.createTempDirectory("shared-checksums-"));
		}

		@Override
		public void close() throws IOException {
			FileSystemUtils.deleteRecursively(this.path);
		}

	}

}
