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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.distributedtask.faults.history.HistoryEvent.Kind;

/**
 * Everything that was written down in one run, by all processes, in the order of time.
 * Events of one moment are in the order in which their process wrote them.
 *
 * @param events the events
 */
public record History(List<HistoryEvent> events) {

	static final String SUFFIX = ".history";

	public History {
		List<HistoryEvent> sorted = new ArrayList<>(events);
		sorted.sort(HistoryEvent.BY_TIME);
		events = List.copyOf(sorted);
	}

	/**
	 * Read all files of a folder that end with {@value #SUFFIX}. A last line without its
	 * end was torn when its process was killed, and is left out: even if it can be read,
	 * the end of a number may be missing.
	 * @param folder the folder
	 * @return the history
	 */
	public static History read(Path folder) {
		List<HistoryEvent> events = new ArrayList<>();
		Map<String, String> words = new HashMap<>();
		try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
			for (Path file : new TreeSet<>(collect(files))) {
				read(file, events, words);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return new History(events);
	}

	private static List<Path> collect(Iterable<Path> files) {
		List<Path> collected = new ArrayList<>();
		files.forEach(collected::add);
		return collected;
	}

	private static void read(Path file, List<HistoryEvent> events, Map<String, String> words) throws IOException {
		String text = Files.readString(file, StandardCharsets.UTF_8);
		int start = 0;
		for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
			try {
				events.add(thin(HistoryEvent.parse(text.substring(start, end)), words));
			}
			catch (IllegalArgumentException ex) {
				throw new IllegalStateException("Line in the midst of %s cannot be read".formatted(file), ex);
			}
			start = end + 1;
		}
	}

	/**
	 * A long run has millions of events and few names.
	 */
	private static HistoryEvent thin(HistoryEvent event, Map<String, String> words) {
		return new HistoryEvent(event.nanos(), words.computeIfAbsent(event.source(), (word) -> word), event.kind(),
				words.computeIfAbsent(event.task(), (word) -> word), event.shard(), event.token(), event.detail());
	}

	public long begin() {
		return this.events.isEmpty() ? 0 : this.events.get(0).nanos();
	}

	public long end() {
		return this.events.isEmpty() ? 0 : this.events.get(this.events.size() - 1).nanos();
	}

	/**
	 * What happened around a moment, for people: lines about one shard, and whatever was
	 * done to instances and brokers.
	 * @param nanos the moment
	 * @param around how long before and after it
	 * @param task the task
	 * @param shard its shard, -1 for any of the task
	 * @return lines that begin with the time in seconds, relative to the moment
	 */
	public String window(long nanos, Duration around, String task, int shard) {
		return this.events.stream()
			.filter((event) -> Math.abs(event.nanos() - nanos) <= around.toNanos())
			.filter((event) -> isAbout(event, task, shard))
			.map((event) -> describe(event, nanos))
			.collect(Collectors.joining("\n"));
	}

	private static boolean isAbout(HistoryEvent event, String task, int shard) {
		return event.task().isEmpty() || (event.task().equals(task) && (shard < 0 || event.shard() == shard));
	}

	private static String describe(HistoryEvent event, long nanos) {
		String where = event.task().isEmpty() ? ""
				: " %s#%d token %d".formatted(event.task(), event.shard(), event.token());
		String what = event.detail();
		if (event.kind() == Kind.LEASE) {
			what = "until %+.3f".formatted((Long.parseLong(event.detail()) - nanos) / 1e9);
		}
		return "%+9.3f  %-11s %-11s%s %s".formatted((event.nanos() - nanos) / 1e9, event.source(), event.kind(), where,
				what);
	}

}
