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

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.distributedtask.Assignments;
import io.distributedtask.Assignments.Assignment;
import io.distributedtask.Assignments.AssignmentStatus;
import io.distributedtask.Assignments.Task;

/**
 * Lines, for an output that is no terminal.
 */
final class PlainDisplay implements Display {

	private final PrintStream out;

	PlainDisplay(PrintStream out) {
		this.out = out;
	}

	@Override
	public void event(Duration elapsed, String text) {
		text.lines().forEach((line) -> this.out.println(Snapshot.time(elapsed) + "  * " + line));
		this.out.flush();
	}

	@Override
	public void show(Snapshot snapshot) {
		this.out.println(line(snapshot));
		this.out.flush();
	}

	static String line(Snapshot snapshot) {
		Progress progress = snapshot.progress();
		return "%s  %d of %d files hashed (%d %%)  %s".formatted(Snapshot.time(snapshot.elapsed()), progress.hashed(),
				progress.files(), progress.percent(), owners(snapshot));
	}

	private static String owners(Snapshot snapshot) {
		Assignments assignments = snapshot.assignments();
		if (assignments == null) {
			return "no instance answers";
		}
		Map<String, Integer> owned = new TreeMap<>();
		snapshot.instances().forEach((name) -> owned.put(name, 0));
		int revoking = 0;
		int unassigned = 0;
		for (Assignment assignment : assignments.tasks()
			.stream()
			.map(Task::assignments)
			.flatMap(List::stream)
			.toList()) {
			if (assignment.owner() == null) {
				unassigned++;
				continue;
			}
			owned.merge(assignment.owner(), 1, Integer::sum);
			revoking += (assignment.state() == AssignmentStatus.REVOKING) ? 1 : 0;
		}
		StringBuilder text = new StringBuilder(
				"%s, generation %d: ".formatted(assignments.group().state(), assignments.group().generation()));
		owned.forEach((name, count) -> text.append("%s %d, ".formatted(name, count)));
		return text.append("unassigned %d, being revoked %d".formatted(unassigned, revoking)).toString();
	}

	@Override
	public Duration interval() {
		return Duration.ofSeconds(1);
	}

	@Override
	public void close() {
		this.out.flush();
	}

}
