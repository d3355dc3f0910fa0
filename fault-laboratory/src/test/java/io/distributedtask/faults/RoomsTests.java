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

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

/**
 * The rooms of the laboratory, and which of them may import what.
 */
@AnalyzeClasses(packages = "io.distributedtask.faults", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTests {

	private static final String BASE = "io.distributedtask.faults";

	@ArchTest
	static final ArchRule roomsImportInOneDirection = rooms("history", "network", "rules", "report", "mutation",
			"instance", "processes", "injection")
		.whereLayer("history")
		.mayNotAccessAnyLayer()
		.whereLayer("network")
		.mayNotAccessAnyLayer()
		.whereLayer("rules")
		.mayOnlyAccessLayers("history")
		.whereLayer("report")
		.mayOnlyAccessLayers("history", "rules")
		.whereLayer("mutation")
		.mayOnlyAccessLayers("rules")
		.whereLayer("instance")
		.mayOnlyAccessLayers("history", "mutation")
		.whereLayer("processes")
		.mayOnlyAccessLayers("instance", "network")
		.whereLayer("injection")
		.mayOnlyAccessLayers("history", "instance", "mutation", "network", "processes");

	private static LayeredArchitecture rooms(String... names) {
		LayeredArchitecture rooms = layeredArchitecture().consideringOnlyDependenciesInLayers()
			.layer("laboratory")
			.definedBy(BASE);
		for (String name : names) {
			rooms = rooms.layer(name).definedBy(BASE + "." + name);
		}
		return rooms.ensureAllClassesAreContainedInArchitecture();
	}

}
