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

package io.distributedtask.benchmarks.failover;

import java.io.PrintStream;

import io.distributedtask.benchmarks.processes.BackendAddresses;
import io.distributedtask.benchmarks.processes.ChildMain;

/**
 * A process of a system.
 */
public final class ContenderMain {

	/** The line on standard output that says that it takes part. */
	static final String READY = "ready";

	private ContenderMain() {
	}

	/**
	 * Take part.
	 * @param args the index of the system, the name of the task, addresses
	 * @throws Exception if that fails
	 */
	public static void main(String[] args) throws Exception {
		PrintStream output = ChildMain.begin();
		Contender contender = Competitors.all().get(Integer.parseInt(args[0])).contender().get();
		Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(contender), "stop"));
		contender.start(args[1], BackendAddresses.of(args, 2), new Work(output));
		output.println(READY);
		Thread.currentThread().join();
	}

	private static void stop(Contender contender) {
		try {
			contender.stop();
		}
		catch (Exception ex) {
			ex.printStackTrace();
		}
	}

}
