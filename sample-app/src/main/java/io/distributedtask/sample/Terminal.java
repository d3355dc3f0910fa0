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

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.distributedtask.sample.DemonstrationOptions.Action;
import org.jspecify.annotations.Nullable;

/**
 * The terminal's keys and size, by {@code stty}. Without {@code stty} a key must be
 * followed by the return key.
 */
final class Terminal implements AutoCloseable {

	private final @Nullable String savedMode;

	/**
	 * Take over the terminal.
	 * @param interactive whether there is one
	 */
	Terminal(boolean interactive) {
		String mode = interactive ? stty("-g") : null;
		this.savedMode = (mode != null && stty("-icanon -echo min 1") != null) ? mode : null;
	}

	/**
	 * Whether both input and output are a terminal.
	 * @return whether a person is likely to look
	 */
	static boolean isInteractive() {
		Console console = System.console();
		if (console == null) {
			return false;
		}
		try {
			// Since Java 22 there may be a console that is no terminal
			return (boolean) Console.class.getMethod("isTerminal").invoke(console);
		}
		catch (ReflectiveOperationException ex) {
			return true;
		}
	}

	/**
	 * Listen to the keys on a thread of its own.
	 * @param in where the keys come from
	 * @param consumer told of each action, on that thread
	 */
	static void listen(InputStream in, Consumer<Action> consumer) {
		Thread thread = new Thread(() -> {
			try {
				for (int key = in.read(); key >= 0; key = in.read()) {
					Action action = Action.ofKey(key);
					if (action != null) {
						consumer.accept(action);
					}
				}
			}
			catch (IOException ex) {
				// There are no keys any more
			}
		}, "keys");
		thread.setDaemon(true);
		thread.start();
	}

	Size size() {
		String size = (this.savedMode != null) ? stty("size") : null;
		return (size != null) ? Size.parse(size) : Size.DEFAULT;
	}

	/**
	 * Give the terminal back as it was.
	 */
	@Override
	public void close() {
		if (this.savedMode != null) {
			stty(this.savedMode);
		}
	}

	private static @Nullable String stty(String arguments) {
		try {
			Process process = new ProcessBuilder("sh", "-c", "stty " + arguments).redirectInput(new File("/dev/tty"))
				.redirectError(ProcessBuilder.Redirect.DISCARD)
				.start();
			String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).trim();
			return (process.waitFor(2, TimeUnit.SECONDS) && process.exitValue() == 0) ? answer : null;
		}
		catch (IOException ex) {
			return null;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return null;
		}
	}

	/**
	 * The size of a terminal.
	 *
	 * @param rows the number of lines
	 * @param columns the number of characters in a line
	 */
	record Size(int rows, int columns) {

		static final Size DEFAULT = new Size(24, 80);

		static Size parse(String text) {
			String[] parts = text.split(" ");
			try {
				Size size = new Size(Integer.parseInt(parts[0]), Integer.parseInt(parts[parts.length - 1]));
				return (size.rows() > 0 && size.columns() > 0) ? size : DEFAULT;
			}
			catch (NumberFormatException ex) {
				return DEFAULT;
			}
		}

	}

}
