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
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

/**
 * Follows the history while it is written, and knows who holds what now: that tells the
 * laboratory when all is well again. What was promised is not judged here.
 */
public final class HistoryTail {

	private final Path folder;

	private final Map<Path, Long> offsets = new HashMap<>();

	private final Map<String, Set<String>> holders = new HashMap<>();

	private final Set<String> started = new HashSet<>();

	private final Map<String, Long> lastFires = new HashMap<>();

	private final List<HistoryEvent> frozen = new ArrayList<>();

	private volatile @Nullable String leader;

	public HistoryTail(Path folder) {
		this.folder = folder;
	}

	/**
	 * Read what is new.
	 */
	public void read() {
		try (DirectoryStream<Path> files = Files.newDirectoryStream(this.folder, "*.history")) {
			for (Path file : files) {
				read(file);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void read(Path file) throws IOException {
		long offset = this.offsets.getOrDefault(file, 0L);
		if (Files.size(file) == offset) {
			return;
		}
		try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
			byte[] bytes = new byte[(int) (in.length() - offset)];
			in.seek(offset);
			in.readFully(bytes);
			int end = bytes.length;
			while (end > 0 && bytes[end - 1] != '\n') {
				end--;
			}
			this.offsets.put(file, offset + end);
			new String(bytes, 0, end, StandardCharsets.UTF_8).lines().map(HistoryEvent::parse).forEach(this::take);
		}
	}

	private void take(HistoryEvent event) {
		String shard = event.task() + "#" + event.shard();
		switch (event.kind()) {
			case RUN_START, ASSIGNED ->
				this.holders.computeIfAbsent(shard, (key) -> new HashSet<>()).add(event.source());
			case RUN_END, REVOKED, LOST -> this.holders.getOrDefault(shard, new HashSet<>()).remove(event.source());
			case STARTED -> this.started.add(event.source());
			case REBALANCED -> this.leader = event.detail().split(" ")[1];
			case FIRE -> this.lastFires.merge(event.task(), event.nanos(), Math::max);
			case FAULT_BEGIN -> {
				if (!event.source().equals(HistoryEvent.LABORATORY)) {
					this.frozen.add(event);
				}
			}
			default -> {
			}
		}
	}

	/**
	 * The name of the instance that was the leader when the group last rebalanced,
	 * {@code null} if it is not known. Any thread.
	 */
	public @Nullable String leader() {
		return this.leader;
	}

	/**
	 * The processes that have frozen themselves since the last call.
	 * @return the beginnings of those faults
	 */
	public List<HistoryEvent> takeFrozen() {
		List<HistoryEvent> taken = List.copyOf(this.frozen);
		this.frozen.clear();
		return taken;
	}

	/**
	 * What keeps the group from being well.
	 * @param alive the processes that live
	 * @param shards the number of shards by task, without the scheduled tasks
	 * @param schedules the tasks that fire each second
	 * @param since a fire later than this is recent
	 * @return the reasons, none when all is well
	 */
	public Set<String> unwell(Set<String> alive, Map<String, Integer> shards, Set<String> schedules, long since) {
		Set<String> unwell = new TreeSet<>();
		alive.stream()
			.filter((source) -> !this.started.contains(source))
			.forEach((source) -> unwell.add(source + " is not up"));
		shards.forEach((task, count) -> {
			for (int shard = 0; shard < count; shard++) {
				Set<String> holders = new HashSet<>(this.holders.getOrDefault(task + "#" + shard, Set.of()));
				holders.retainAll(alive);
				if (holders.size() != 1) {
					unwell.add("%s#%d is held by %s".formatted(task, shard, holders));
				}
			}
		});
		for (String task : schedules) {
			Long last = this.lastFires.get(task);
			if (last == null || last - since < 0) {
				unwell.add("%s has not fired for a while".formatted(task));
			}
		}
		return unwell;
	}

}
