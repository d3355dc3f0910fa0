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
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

import io.distributedtask.sample.ChecksumReports.Checksum;
import io.distributedtask.sample.DemonstrationOptions.Action;
import io.distributedtask.sample.Script.Step;
import org.jspecify.annotations.Nullable;

/**
 * The demonstration: instances come and go while the work goes on.
 */
final class Demonstration {

	private static final int EXIT_WRONG = 1;

	private static final Duration START_LIMIT = Duration.ofSeconds(120);

	private static final Duration WAIT_LIMIT = Duration.ofSeconds(120);

	private static final long TICK_MILLIS = 50;

	private final Clock clock = Clock.systemUTC();

	private final long beginNanos = System.nanoTime();

	private final Queue<Action> keys = new ConcurrentLinkedQueue<>();

	private final DemonstrationOptions options;

	private final Display display;

	private final Instances instances;

	private final AssignmentsPoller poller;

	private final ChecksumReports reports;

	private final Queue<Step> script;

	private long upNanos;

	private long shownNanos = System.nanoTime() - Duration.ofMinutes(1).toNanos();

	private long lastEvent;

	private Demonstration(DemonstrationOptions options, Display display, DemonstrationSetup setup) throws Exception {
		this.options = options;
		this.display = display;
		this.reports = setup.reports();
		this.instances = setup.instances((text) -> display.event(elapsed(), text), this.clock);
		this.poller = setup.poller(this.instances);
		this.script = (options.script() != null) ? new ArrayDeque<>(options.script().steps()) : new ArrayDeque<>();
	}

	/**
	 * Run the demonstration from begin to end.
	 * @param options the command line
	 * @return the exit code
	 */
	static int run(DemonstrationOptions options) {
		try (Cleanup cleanup = new Cleanup()) {
			try {
				return run(options, cleanup);
			}
			catch (Exception ex) {
				if (cleanup.isClosed()) {
					return EXIT_WRONG; // told to stop: what broke is what was closed
				}
				throw ex;
			}
		}
		catch (Exception ex) {
			System.err.println("The demonstration failed: " + ex);
			ex.printStackTrace();
			return EXIT_WRONG;
		}
	}

	private static int run(DemonstrationOptions options, Cleanup cleanup) throws Exception {
		boolean interactive = Terminal.isInteractive();
		System.out.println("Shared checksums of " + options.folder());
		DemonstrationSetup setup = DemonstrationSetup.prepare(options, cleanup);
		Terminal terminal = cleanup.add(new Terminal(interactive));
		Display display = cleanup
			.add(interactive ? new TerminalDisplay(System.out, terminal, "Shared checksums of " + options.folder())
					: new PlainDisplay(System.out));
		Demonstration demonstration = new Demonstration(options, display, setup);
		return demonstration.run(System.in);
	}

	private int run(InputStream in) throws Exception {
		if (!start()) {
			return EXIT_WRONG;
		}
		Terminal.listen(in, this.keys::add);
		while (next() != Action.QUIT) {
			step();
		}
		boolean inTime = awaitEnd();
		step();
		this.display.event(elapsed(), "All instances are told to stop (SIGTERM)");
		this.instances.close();
		this.poller.close();
		tellEvents();
		this.display.close();
		return summarize(inTime);
	}

	/**
	 * The clock of the demonstration starts when the first instances are up.
	 */
	private boolean start() throws IOException, InterruptedException {
		for (int i = 0; i < this.options.instances(); i++) {
			this.instances.add();
		}
		this.poller.start();
		while (this.reports.ports().size() < this.options.instances()) {
			boolean failed = step() > 0;
			if (failed || System.nanoTime() - this.beginNanos > START_LIMIT.toNanos()) {
				this.display.show(snapshot());
				this.display.close();
				System.err.println(failed ? "An instance did not start: the end of its output is above"
						: "The instances are not up after " + START_LIMIT.toSeconds() + " s");
				return false;
			}
		}
		this.upNanos = System.nanoTime();
		this.display.event(elapsed(), "The first instances are up: " + this.options.instances());
		this.display.event(elapsed(), dashboard(new TreeMap<>(this.reports.ports())));
		return true;
	}

	/**
	 * Every instance has the page: the first may be killed.
	 */
	static String dashboard(SortedMap<String, Integer> ports) {
		return "Dashboard: " + ports.entrySet()
			.stream()
			.map((it) -> "http://127.0.0.1:%d/actuator/taskdashboard (%s)".formatted(it.getValue(), it.getKey()))
			.collect(Collectors.joining(", or "));
	}

	private @Nullable Action next() throws IOException {
		Step step = this.script.peek();
		Action action = this.keys.poll();
		if (step != null && step.at().compareTo(elapsed()) <= 0) {
			this.script.remove();
			action = step.action();
		}
		if (action == Action.KILL) {
			this.instances.kill();
		}
		else if (action == Action.STOP) {
			this.instances.stop();
		}
		else if (action == Action.ADD) {
			this.instances.add();
		}
		return action;
	}

	/**
	 * Look at everything once, and wait a moment.
	 * @return the number of instances that have ended without being told to
	 */
	private int step() throws InterruptedException {
		int failed = this.instances.check();
		if (System.nanoTime() - this.shownNanos >= this.display.interval().toNanos()) {
			this.shownNanos = System.nanoTime();
			tellEvents();
			this.display.show(snapshot());
		}
		Thread.sleep(TICK_MILLIS);
		return failed;
	}

	private Snapshot snapshot() {
		return new Snapshot(elapsed(), this.instances.names(), this.reports.progress(), this.poller.latest());
	}

	private void tellEvents() {
		List<OwnershipEvent> events = this.reports.ownershipEventsAfter(this.lastEvent);
		if (!events.isEmpty()) {
			this.lastEvent = events.get(events.size() - 1).id();
			OwnershipEvents.tell(events).forEach((line) -> this.display.event(elapsed(), line));
		}
	}

	/**
	 * A script ends when the work is done; a person who quits wants to quit.
	 * @return whether the work was done in time, as far as it was waited for
	 */
	private boolean awaitEnd() throws InterruptedException {
		if (this.options.script() == null || !this.options.patient()) {
			return true;
		}
		long begin = System.nanoTime();
		boolean told = false;
		while (!isDone()) {
			if (System.nanoTime() - begin > WAIT_LIMIT.toNanos() || this.instances.names().isEmpty()) {
				return false;
			}
			if (!told) {
				told = true;
				this.display.event(elapsed(), "Before it quits, the script waits for what is not done yet");
			}
			step();
		}
		return true;
	}

	private boolean isDone() {
		return this.reports.progress().isComplete()
				&& outcomes().values().stream().allMatch(Departure.Outcome::isComplete);
	}

	private Map<Departure, Departure.Outcome> outcomes() {
		List<OwnershipEvent> events = this.reports.ownershipEventsAfter(0);
		Map<Departure, Departure.Outcome> outcomes = new LinkedHashMap<>();
		this.instances.departures().forEach((departure) -> outcomes.put(departure, departure.outcome(events)));
		return outcomes;
	}

	private int summarize(boolean inTime) throws IOException {
		List<Checksum> checksums = this.reports.checksums();
		SumCheck check = SumCheck.of(this.options.folder(), checksums, this.options.verify());
		Summary summary = new Summary(this.reports.progress(), this.reports.writesByInstance(),
				this.reports.rowsWrittenTwice(), check, outcomes());
		summary.lines().forEach(System.out::println);
		if (this.options.export() != null) {
			SumCheck.export(this.options.folder(), checksums, this.options.export());
			System.out.println("  sums written to      " + this.options.export());
		}
		if (!inTime) {
			System.err.println("The work was not done %d s after the script's end".formatted(WAIT_LIMIT.toSeconds()));
		}
		return (summary.isWrong() || !inTime) ? EXIT_WRONG : 0;
	}

	private Duration elapsed() {
		return (this.upNanos != 0) ? Duration.ofNanos(System.nanoTime() - this.upNanos) : Duration.ZERO;
	}

}
