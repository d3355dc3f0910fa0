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

package io.distributedtask.monitoring;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the dashboard for Grafana as a file. {@link AlertsIntegrationTests} show that
 * its panels have data.
 */
class GrafanaDashboardTests {

	private static final Pattern VARIABLE = Pattern.compile("\\$\\{?([a-zA-Z_]+)");

	private final JsonNode dashboard = MonitoringFiles.dashboard();

	@Test
	void canBeImportedAnywhere() {
		assertThat(this.dashboard.get("id").isNull()).as("the database of no Grafana").isTrue();
		assertThat(this.dashboard.get("uid").asString()).hasSizeLessThanOrEqualTo(40);
		assertThat(this.dashboard.get("title").asString()).isNotEmpty();
		assertThat(this.dashboard.findValues("datasource")).isNotEmpty()
			.allSatisfy((source) -> assertThat(source.get("uid").asString()).isEqualTo("${datasource}"));
	}

	@Test
	void panelsAreToldApartAndDoNotOverlap() {
		List<Integer> ids = new ArrayList<>();
		Set<String> occupied = new TreeSet<>();
		for (JsonNode panel : this.dashboard.get("panels")) {
			ids.add(panel.get("id").asInt());
			JsonNode place = panel.get("gridPos");
			int right = place.get("x").asInt() + place.get("w").asInt();
			assertThat(right).isLessThanOrEqualTo(24);
			for (int x = place.get("x").asInt(); x < right; x++) {
				for (int y = 0; y < place.get("h").asInt(); y++) {
					assertThat(occupied.add(x + "," + (place.get("y").asInt() + y))).as("%s", panel.get("title"))
						.isTrue();
				}
			}
		}
		assertThat(ids).isNotEmpty().doesNotHaveDuplicates();
	}

	@Test
	void panelsSayWhatTheyShow() {
		assertThat(MonitoringFiles.panels()).isNotEmpty().allSatisfy((panel) -> {
			assertThat(panel.get("title").asString()).isNotEmpty();
			assertThat(panel.get("description").asString()).endsWith(".");
			assertThat(panel.at("/fieldConfig/defaults/unit").asString()).isNotEmpty();
			assertThat(panel.get("targets").valueStream().map((target) -> target.get("refId").asString())).isNotEmpty()
				.doesNotHaveDuplicates();
		});
	}

	@Test
	void variablesAreDefinedAndUsed() {
		Set<String> defined = this.dashboard.at("/templating/list")
			.valueStream()
			.map((variable) -> variable.get("name").asString())
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(defined).containsExactly("datasource", "group", "namespace", "task");
		Set<String> used = new TreeSet<>();
		Matcher variable = VARIABLE.matcher(this.dashboard.get("panels").toString());
		while (variable.find()) {
			used.add(variable.group(1));
		}
		used.remove("__rate_interval");
		assertThat(used).isEqualTo(defined);
	}

}
