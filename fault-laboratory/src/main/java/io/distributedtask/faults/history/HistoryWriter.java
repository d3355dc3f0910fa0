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

package io.distributedtask.faults.history;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import io.distributedtask.TaskContext;
import io.distributedtask.faults.history.HistoryEvent.Kind;

/**
 * Writes one process's part of the history. A line is with the operating system when the
 * method returns, so that a kill loses none. Safe for any thread.
 */
public final class HistoryWriter implements AutoCloseable {

	/** No channel, which the interrupt of a task that writes would close for all. */
	private final FileOutputStream file;

	private final String source;

	/**
	 * Begin, or go on with, a part of the history.
	 * @param folder the folder of the history
	 * @param source who writes
	 */
	public HistoryWriter(Path folder, String source) {
		this.source = source;
		try {
			this.file = new FileOutputStream(folder.resolve(source + ".history").toFile(), true);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public void write(Kind kind, String detail) {
		write(System.nanoTime(), kind, detail);
	}

	public void write(long nanos, Kind kind, String detail) {
		write(new HistoryEvent(nanos, this.source, kind, "", -1, -1, detail));
	}

	public void write(Kind kind, TaskContext task, long nanos, String detail) {
		write(new HistoryEvent(nanos, this.source, kind, task.name(), task.shard(), task.fencingToken(), detail));
	}

	public void write(HistoryEvent event) {
		byte[] bytes = (event.line() + "\n").getBytes(StandardCharsets.UTF_8);
		try {
			synchronized (this.file) {
				this.file.write(bytes);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		try {
			this.file.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
