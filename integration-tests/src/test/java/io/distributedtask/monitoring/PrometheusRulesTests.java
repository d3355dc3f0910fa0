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

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

import io.distributedtask.monitoring.MonitoringFiles.Rule;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the rules for Prometheus as files. {@link AlertsIntegrationTests} show that
 * they fire.
 */
class PrometheusRulesTests {

	@Test
	void promtoolAcceptsTheRules() throws Exception {
		Promtool.run("check", "rules", MonitoringFiles.ALERTS.toString(), MonitoringFiles.LIMITS.toString());
	}

	@Test
	void promtoolSeesEachAlertFire() throws Exception {
		Promtool.run("test", "rules", MonitoringFiles.TESTS.toString());
	}

	@Test
	void theTestsKnowEveryAlert() throws IOException {
		String tests = Files.readString(MonitoringFiles.TESTS);
		assertThat(alerts()).allSatisfy((alert) -> assertThat(tests).contains("alertname=\"" + alert.name() + "\""));
	}

	@Test
	void eachAlertWaitsAndSaysWhatToLookAt() {
		assertThat(alerts()).hasSizeGreaterThanOrEqualTo(5).allSatisfy((alert) -> {
			assertThat(alert.get("for")).as(alert.name()).matches("\\d+[mh]");
			assertThat(alert.get("labels.severity")).as(alert.name()).isIn("critical", "warning", "info");
			assertThat(alert.get("annotations.summary")).as(alert.name()).contains("{{ $labels.group }}");
			assertThat(alert.get("annotations.description")).as(alert.name()).contains("Look at");
		});
	}

	@Test
	void theGuideHasEachAlertAsItIsAndNoOther() throws IOException {
		String guide = Files.readString(MonitoringFiles.path("docs/alerts.md"));
		assertThat(guide.lines().filter((line) -> line.startsWith("### ")).map((line) -> line.substring(4)))
			.containsExactlyElementsOf(alerts().stream().map(Rule::name).toList());
	}

	private static List<Rule> alerts() {
		return MonitoringFiles.rules(MonitoringFiles.ALERTS);
	}

}
