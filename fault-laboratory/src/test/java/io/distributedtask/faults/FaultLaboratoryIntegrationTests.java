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

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import io.distributedtask.faults.mutation.Mutation;
import io.distributedtask.faults.network.Firewall;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * The promises under faults, for as long as {@code faults.minutes} says; and proof that
 * the laboratory would see them broken.
 */
class FaultLaboratoryIntegrationTests {

	private static final long SEED = Long.getLong("faults.seed", 1);

	private static final Duration LASTS = Duration
		.ofSeconds(Math.round(60 * Double.parseDouble(System.getProperty("faults.minutes", "2"))));

	private static final boolean STATIC_MEMBERS = Boolean.getBoolean("faults.static");

	private static final Duration MOST_FOR_A_MUTATION = Duration.ofMinutes(4);

	/**
	 * With the crash watch or without it, as the seed has it; both if that is asked for,
	 * each for half of the time.
	 */
	static List<Boolean> watch() {
		return switch (System.getProperty("faults.watch", "seed")) {
			case "both" -> List.of(true, false);
			case "true" -> List.of(true);
			case "false" -> List.of(false);
			default -> List.of(!STATIC_MEMBERS && SEED % 2 != 0);
		};
	}

	@ParameterizedTest(name = "crash watch: {0}")
	@MethodSource("watch")
	void thePromisesHoldUnderFaults(boolean watch) throws IOException {
		LaboratoryOptions options = new LaboratoryOptions(SEED, LASTS.dividedBy(watch().size()),
				Integer.getInteger("faults.brokers", 3), LaboratoryOptions.allFaults(watch), STATIC_MEMBERS, watch,
				null, folder("seed-" + SEED + (watch ? "-watch" : "")));
		Laboratory.Outcome outcome = run(options);
		assertThat(outcome.verdict().violations()).as(outcome.text()).isEmpty();
		assertThat(outcome.verdict().figures().faults()).as("faults by kind").isNotEmpty();
	}

	@ParameterizedTest
	@EnumSource(Mutation.class)
	@EnabledIfSystemProperty(named = "faults.mutations", matches = "true")
	void aBrokenPromiseIsSeen(Mutation mutation) throws IOException {
		if (mutation.isOfTheWatch()) {
			try (Firewall firewall = Firewall.open()) {
				assumeThat(firewall.missing()).as("what the machine lacks").isNull();
			}
		}
		LaboratoryOptions options = new LaboratoryOptions(SEED, MOST_FOR_A_MUTATION, 1,
				LaboratoryOptions.revealing(mutation), false, mutation.isOfTheWatch(), mutation,
				folder("mutation-" + mutation));
		Laboratory.Outcome outcome = run(options);
		assertThat(outcome.verdict().violations()).as("seed %d, mutation %s", SEED, mutation)
			.anyMatch((violation) -> mutation.breaks().contains(violation.promise()));
	}

	private static Laboratory.Outcome run(LaboratoryOptions options) throws IOException {
		delete(options.folder());
		try (Laboratory laboratory = new Laboratory(options)) {
			Laboratory.Outcome outcome = laboratory.run();
			Files.writeString(options.folder().resolve("report.md"), outcome.text());
			return outcome;
		}
	}

	private static void delete(Path folder) throws IOException {
		if (Files.exists(folder)) {
			try (Stream<Path> files = Files.walk(folder)) {
				files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
			}
		}
	}

	private static Path folder(String name) {
		return Path.of("target", "faults", name).toAbsolutePath();
	}

}
