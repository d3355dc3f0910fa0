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

package io.distributedtask.benchmarks.processes;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import com.sun.management.OperatingSystemMXBean;

/**
 * Where figures come from.
 */
public final class Machine {

	private Machine() {
	}

	/**
	 * Describe the machine and the versions of everything that is measured.
	 * @param artifacts artifact ids
	 * @return a paragraph
	 */
	public static String describe(String... artifacts) {
		OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
		String versions = Arrays.stream(artifacts)
			.map((artifact) -> artifact + " " + ClassPath.version(artifact))
			.collect(Collectors.joining(", "));
		return "%d cores, %d MiB of memory, %s %s (%s), JDK %s; %s.".formatted(system.getAvailableProcessors(),
				system.getTotalMemorySize() >> 20, system.getName(), system.getVersion(), system.getArch(),
				Runtime.version(), versions);
	}

	/**
	 * The median, with the least and the most.
	 * @param values figures
	 * @param format the format of one
	 * @return a cell of a table
	 */
	public static String spread(List<Double> values, String format) {
		if (values.isEmpty()) {
			return "-";
		}
		List<Double> sorted = values.stream().sorted().toList();
		return (format + " (" + format + "-" + format + ")").formatted(median(values), sorted.get(0),
				sorted.get(sorted.size() - 1));
	}

	/**
	 * The median.
	 * @param values figures, at least one
	 * @return the one in the middle, or the mean of the two
	 */
	public static double median(List<Double> values) {
		List<Double> sorted = values.stream().sorted().toList();
		int middle = sorted.size() / 2;
		return (sorted.size() % 2 == 1) ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
	}

}
