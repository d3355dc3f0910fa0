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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A table that is drawn again and again in a terminal.
 */
final class TerminalDisplay implements Display {

	private static final String ESCAPE = "\u001b[";

	private static final int KEPT_EVENTS = 100;

	private static final int DRAWINGS_PER_SIZE_CHECK = 10;

	private final Deque<String> events = new ArrayDeque<>();

	private final PrintStream out;

	private final Terminal terminal;

	private final String title;

	private Terminal.Size size = Terminal.Size.DEFAULT;

	private int drawings;

	private boolean closed;

	TerminalDisplay(PrintStream out, Terminal terminal, String title) {
		this.out = out;
		this.terminal = terminal;
		this.title = title;
		out.print(ESCAPE + "?25l" + ESCAPE + "2J");
	}

	@Override
	public synchronized void event(Duration elapsed, String text) {
		text.lines().forEach((line) -> this.events.addLast(Snapshot.time(elapsed) + "  " + line));
		while (this.events.size() > KEPT_EVENTS) {
			this.events.removeFirst();
		}
	}

	@Override
	public synchronized void show(Snapshot snapshot) {
		if (this.closed) {
			return;
		}
		if (this.drawings++ % DRAWINGS_PER_SIZE_CHECK == 0) {
			this.size = this.terminal.size();
		}
		StringBuilder screen = new StringBuilder(ESCAPE + "H");
		for (String line : lines(snapshot, this.size.rows() - 1)) {
			screen.append(line, 0, Math.min(line.length(), this.size.columns())).append(ESCAPE).append("K\r\n");
		}
		this.out.print(screen.append(ESCAPE).append('J'));
		this.out.flush();
	}

	private List<String> lines(Snapshot snapshot, int rows) {
		List<String> lines = new ArrayList<>();
		lines.add(this.title);
		lines.add("k kill   s stop   a add   q quit");
		lines.add("");
		lines.addAll(AssignmentTable.draw(snapshot, rows - lines.size() - 4));
		lines.add("");
		int room = Math.max(0, rows - lines.size());
		this.events.stream().skip(Math.max(0, this.events.size() - room)).forEach(lines::add);
		return lines.subList(0, Math.max(0, Math.min(lines.size(), rows)));
	}

	@Override
	public Duration interval() {
		return Duration.ofMillis(500);
	}

	@Override
	public synchronized void close() {
		if (!this.closed) {
			this.closed = true;
			this.out.print(ESCAPE + "?25h\r\n");
			this.out.flush();
		}
	}

}
