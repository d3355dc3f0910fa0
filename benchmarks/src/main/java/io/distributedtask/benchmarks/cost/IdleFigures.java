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

package io.distributedtask.benchmarks.cost;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.distributedtask.benchmarks.processes.Machine;

/**
 * What was measured of one idle application, for each of its instances.
 */
final class IdleFigures {

	private static final List<String> FORMATS = List.of("%.0f", "%.0f", "%.2f", "%.1f", "%.1f", "%.1f", "%.1f");

	/** How many of the columns are compared. */
	private static final int COMPARED = 5;

	private final Map<Integer, List<Double>> values = new TreeMap<>();

	void addStart(List<Double> millis) {
		add(0, millis.get(0));
		add(1, millis.get(1));
	}

	void addProcessor(double percent) {
		add(2, percent);
	}

	void addResident(double mebibytes) {
		add(3, mebibytes);
	}

	void addHeap(double mebibytes) {
		add(4, mebibytes);
	}

	void addRequests(double perSecond) {
		add(5, perSecond);
	}

	void addStatements(double perSecond) {
		add(6, perSecond);
	}

	private void add(int column, double value) {
		this.values.computeIfAbsent(column, (key) -> new ArrayList<>()).add(value);
	}

	/**
	 * A row of the table.
	 * @param name what was measured
	 * @param compared what it is compared with
	 */
	String row(String name, List<IdleFigures> compared) {
		StringBuilder row = new StringBuilder("| " + name + " |");
		for (int column = 0; column < FORMATS.size(); column++) {
			List<Double> own = this.values.getOrDefault(column, List.of());
			String format = FORMATS.get(column);
			row.append(" ").append(Machine.spread(own, format));
			for (IdleFigures other : compared) {
				List<Double> others = other.values.getOrDefault(column, List.of());
				if (column < COMPARED && !own.isEmpty() && !others.isEmpty()) {
					row.append(", ")
						.append(format.replace("%", "%+").formatted(Machine.median(own) - Machine.median(others)));
				}
			}
			row.append(" |");
		}
		return row.toString();
	}

}
