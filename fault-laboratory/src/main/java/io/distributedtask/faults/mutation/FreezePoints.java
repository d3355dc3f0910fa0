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

package io.distributedtask.faults.mutation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * Lets this process freeze itself when it comes to a certain point of the code under
 * test. Public because it is called from within that code, see {@link Mutations}.
 */
public final class FreezePoints {

	private static final AtomicReference<@Nullable Armed> armed = new AtomicReference<>();

	private FreezePoints() {
	}

	/**
	 * Freeze when a point is reached next, once. Replaces what was armed before.
	 * @param point the point
	 * @param onReached called there, just before the process freezes
	 */
	public static void arm(FreezePoint point, Runnable onReached) {
		armed.set(new Armed(point, onReached));
	}

	/**
	 * Do not freeze, unless it has happened.
	 */
	public static void disarm() {
		armed.set(null);
	}

	/**
	 * The leader has an assignment and has not sent it.
	 */
	public static void leaderHasPlan() {
		reached(FreezePoint.LEADER);
	}

	/**
	 * A member is about to join.
	 */
	public static void memberJoins() {
		reached(FreezePoint.JOINER);
	}

	private static void reached(FreezePoint point) {
		Armed current = armed.get();
		if (current != null && current.point() == point && armed.compareAndSet(current, null)) {
			current.onReached().run();
			freeze();
		}
	}

	/**
	 * The signal has been delivered when the command has ended, so this thread does not
	 * go on from here before somebody sends a CONT.
	 */
	private static void freeze() {
		try {
			new ProcessBuilder("kill", "-STOP", String.valueOf(ProcessHandle.current().pid())).inheritIO()
				.start()
				.waitFor();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private record Armed(FreezePoint point, Runnable onReached) {
	}

}
