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

package io.distributedtask.faults;

import java.nio.file.Path;
import java.time.Duration;

import io.distributedtask.faults.instance.InstanceMain;
import io.distributedtask.faults.mutation.Mutation;

/**
 * Runs the laboratory from a command line.
 */
public final class RunLaboratory {

	private RunLaboratory() {
	}

	/**
	 * Run it.
	 * @param args minutes, number of brokers, folder for history and logs, seed, mutation
	 * or {@value InstanceMain#NO_MUTATION}
	 */
	public static void main(String[] args) {
		Mutation mutation = (args.length > 4 && !InstanceMain.NO_MUTATION.equals(args[4])) ? Mutation.valueOf(args[4])
				: null;
		boolean watch = (mutation != null) ? mutation.isOfTheWatch() : Boolean.getBoolean("faults.watch");
		LaboratoryOptions options = new LaboratoryOptions(Long.parseLong(args[3]),
				Duration.ofSeconds(Math.round(60 * Double.parseDouble(args[0]))), Integer.parseInt(args[1]),
				(mutation != null) ? LaboratoryOptions.revealing(mutation) : LaboratoryOptions.allFaults(watch),
				Boolean.getBoolean("faults.static"), watch, mutation, Path.of(args[2]).toAbsolutePath());
		try (Laboratory laboratory = new Laboratory(options)) {
			System.out.println(laboratory.run().text());
		}
	}

}
