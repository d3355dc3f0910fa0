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

package io.distributedtask.faults.injection;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

import io.distributedtask.faults.history.FaultKind;

/**
 * The faults of one episode, drawn by seed: they begin at any time of it, so they
 * overlap.
 *
 * @param faults the faults by the time of their beginning
 * @param deletesGroup whether the episode ends with the group being deleted, which takes
 * all instances and so overlaps with nothing
 */
public record Episode(List<DrawnFault> faults, boolean deletesGroup) {

	/** How long faults may begin in it, except for a series of kills. */
	public static final int LASTS_MILLIS = 16_000;

	private static final int LEAST_FAULTS = 9;

	private static final int MOST_FAULTS = 16;

	private static final int KILLS_OF_A_SERIES = 20;

	private static final int BETWEEN_KILLS_MILLIS = 2900;

	public static Episode draw(RandomGenerator random, Map<FaultKind, Integer> weights) {
		Map<FaultKind, Integer> ordered = new TreeMap<>(weights);
		int total = ordered.values().stream().mapToInt(Integer::intValue).sum();
		List<DrawnFault> faults = new ArrayList<>();
		boolean deletesGroup = false;
		boolean hasSeries = false;
		int count = random.nextInt(LEAST_FAULTS, MOST_FAULTS + 1);
		for (int i = 0; i < count; i++) {
			FaultKind kind = draw(random.nextInt(total), ordered);
			if (kind == FaultKind.DELETE_GROUP) {
				deletesGroup = true;
			}
			else if (kind == FaultKind.KILL_SERIES) {
				hasSeries = true;
			}
			else {
				faults.add(new DrawnFault(kind, random.nextInt(LASTS_MILLIS), random.nextLong()));
			}
		}
		if (hasSeries) {
			faults.addAll(series(random));
		}
		faults.sort(Comparator.comparingInt(DrawnFault::atMillis));
		return new Episode(List.copyOf(faults), deletesGroup);
	}

	/**
	 * Single kills, which the history shows as such.
	 */
	private static List<DrawnFault> series(RandomGenerator random) {
		return IntStream.range(0, KILLS_OF_A_SERIES)
			.mapToObj((i) -> new DrawnFault(FaultKind.KILL, i * BETWEEN_KILLS_MILLIS, random.nextLong()))
			.toList();
	}

	private static FaultKind draw(int number, Map<FaultKind, Integer> weights) {
		int left = number;
		for (Map.Entry<FaultKind, Integer> entry : weights.entrySet()) {
			left -= entry.getValue();
			if (left < 0) {
				return entry.getKey();
			}
		}
		throw new IllegalArgumentException("There are no faults to draw from");
	}

	/**
	 * A fault to come.
	 *
	 * @param kind what kind
	 * @param atMillis when, from the beginning of the episode
	 * @param seed draws its target and duration
	 */
	public record DrawnFault(FaultKind kind, int atMillis, long seed) {
	}

}
