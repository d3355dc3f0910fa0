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

package io.distributedtask.faults.processes;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A process that stands still. It cannot notice that the laboratory has died, so somebody
 * else watches over it and kills it in that case; otherwise it would stay for ever.
 */
final class FrozenProcess {

	private final Process process;

	private final Process guard;

	private FrozenProcess(Process process, Process guard) {
		this.process = process;
		this.guard = guard;
	}

	static FrozenProcess freeze(Process process) {
		try {
			// its standard input ends when the laboratory does, or when it is sent home
			Process guard = new ProcessBuilder("sh", "-c", "read thawed || kill -KILL $0",
					String.valueOf(process.pid()))
				.start();
			Signals.send("STOP", process.pid());
			return new FrozenProcess(process, guard);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not watch over process " + process.pid(), ex);
		}
	}

	void thaw() {
		Signals.send("CONT", this.process.pid());
		sendGuardHome();
	}

	/**
	 * Nothing is left to be watched over: the process was killed.
	 */
	void sendGuardHome() {
		try {
			this.guard.getOutputStream().write('\n');
			this.guard.getOutputStream().close();
		}
		catch (IOException ex) {
			this.guard.destroyForcibly();
		}
	}

}
