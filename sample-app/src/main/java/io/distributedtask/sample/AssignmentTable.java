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
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

import io.distributedtask.Assignments;
import io.distributedtask.Assignments.Assignment;
import io.distributedtask.Assignments.AssignmentStatus;
import io.distributedtask.Assignments.Task;

/**
 * Draws who owns what: instances across, tasks and shards down.
 */
final class AssignmentTable {

	private static final int BAR = 30;

	private static final int FIRST_COLUMN = 12;

	private AssignmentTable() {
	}

	/**
	 * Draw the table.
	 * @param snapshot the state of the demonstration
	 * @param rows most lines to use; with too few of them a task takes one line, not one
	 * for each shard
	 * @return the lines
	 */
	static List<String> draw(Snapshot snapshot, int rows) {
		List<String> lines = new ArrayList<>();
		Assignments assignments = snapshot.assignments();
		lines.add(progress(snapshot));
		if (assignments == null) {
			lines.add("No instance answers");
			return lines;
		}
		lines.add("Group %s: %s, generation %d, leader %s".formatted(assignments.group().id(),
				assignments.group().state(), assignments.group().generation(),
				Objects.requireNonNullElse(assignments.group().leader(), "-")));
		lines.add("");
		List<String> columns = columns(snapshot, assignments);
		lines.add(row("", columns));
		int shards = assignments.tasks().stream().mapToInt((task) -> task.assignments().size()).sum();
		boolean roomy = lines.size() + shards + 1 <= rows;
		assignments.tasks().forEach((task) -> lines.addAll(roomy ? shards(task, columns) : ranges(task, columns)));
		lines.add(row("owned", columns.stream().map((name) -> owned(assignments, name)).toList()));
		return lines;
	}

	private static String progress(Snapshot snapshot) {
		Progress progress = snapshot.progress();
		int done = progress.percent() * BAR / 100;
		return "%s  [%s%s] %d of %d files hashed, %d %%, %d MiB".formatted(Snapshot.time(snapshot.elapsed()),
				"#".repeat(done), "-".repeat(BAR - done), progress.hashed(), progress.files(), progress.percent(),
				progress.bytes() >> 20);
	}

	/**
	 * Those that are gone but still in the picture, then the running ones, the oldest
	 * first.
	 */
	private static List<String> columns(Snapshot snapshot, Assignments assignments) {
		Set<String> names = new TreeSet<>();
		assignments.instances().forEach((instance) -> names.add(instance.name()));
		for (Task task : assignments.tasks()) {
			task.assignments().stream().map(Assignment::owner).filter(Objects::nonNull).forEach(names::add);
		}
		snapshot.instances().forEach(names::remove);
		List<String> columns = new ArrayList<>(names);
		columns.addAll(snapshot.instances());
		return columns;
	}

	private static List<String> shards(Task task, List<String> columns) {
		List<String> lines = new ArrayList<>();
		for (Assignment assignment : task.assignments()) {
			String title = (task.shards() > 1) ? "%s %d".formatted(task.name(), assignment.shard()) : task.name();
			List<String> cells = columns.stream().map((name) -> cell(assignment, name)).toList();
			lines.add(row(title, cells) + ((assignment.owner() == null) ? "  unassigned" : ""));
		}
		return lines;
	}

	private static String cell(Assignment assignment, String instance) {
		if (!instance.equals(assignment.owner())) {
			return ".";
		}
		return (assignment.state() == AssignmentStatus.REVOKING) ? "stopping" : "#";
	}

	private static List<String> ranges(Task task, List<String> columns) {
		List<String> cells = columns.stream()
			.map((name) -> ShardRanges.format(task.assignments()
				.stream()
				.filter((assignment) -> name.equals(assignment.owner()))
				.map(Assignment::shard)
				.toList()))
			.toList();
		return List.of(row(task.name(), cells));
	}

	private static String owned(Assignments assignments, String instance) {
		return String.valueOf(assignments.tasks()
			.stream()
			.flatMap((task) -> task.assignments().stream())
			.filter((assignment) -> instance.equals(assignment.owner()))
			.count());
	}

	private static String row(String title, List<String> cells) {
		StringBuilder line = new StringBuilder(("%-" + FIRST_COLUMN + "s").formatted(title));
		cells.forEach((cell) -> line.append(" %-13s".formatted(cell)));
		return line.toString().stripTrailing();
	}

}
