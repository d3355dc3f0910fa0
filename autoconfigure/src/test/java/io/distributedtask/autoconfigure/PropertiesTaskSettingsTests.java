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

package io.distributedtask.autoconfigure;

import java.util.List;
import java.util.Map;

import io.distributedtask.MissedRun;
import io.distributedtask.internal.annotation.TaskSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PropertiesTaskSettings}.
 */
@ExtendWith(OutputCaptureExtension.class)
class PropertiesTaskSettingsTests {

	@Test
	void givesWhatTheTaskOverrides() {
		PropertiesTaskSettings settings = settings(
				Map.of("tasks.crawler.shards", "4", "tasks.crawler.weight", "2.5", "tasks.crawler.enabled", "false",
						"tasks.crawler.requires", "zone=eu", "tasks.crawler.on-missed-run", "skip"));
		assertThat(settings.enabled()).isTrue();
		assertThat(settings.forTask("crawler"))
			.isEqualTo(new TaskSettings.Override(false, 4, 2.5, "zone=eu", MissedRun.SKIP));
		assertThat(settings.forTask("other")).isEqualTo(new TaskSettings.Override(null, null, null, null, null));
	}

	@Test
	void findsNameAsAnEnvironmentVariableSpellsIt() {
		PropertiesTaskSettings settings = settings(Map.of("tasks.ledgerleader.weight", "3"));
		assertThat(settings.forTask("ledger-leader").weight()).isEqualTo(3.0);
	}

	@Test
	void exactNameWins() {
		PropertiesTaskSettings settings = settings(
				Map.of("tasks[ledgerLeader].weight", "3", "tasks[ledger_leader].weight", "4"));
		assertThat(settings.forTask("ledgerLeader").weight()).isEqualTo(3.0);
		assertThat(settings.forTask("ledger_leader").weight()).isEqualTo(4.0);
	}

	@Test
	void warnsAboutTaskThatNobodyKnows(CapturedOutput output) {
		PropertiesTaskSettings settings = settings(Map.of("tasks.crawler.shards", "4", "tasks.crowler.shards", "5",
				"tasks.registered.shards", "6", "tasks.disabled.enabled", "false"));
		settings.forTask("crawler");
		settings.forTask("disabled");
		settings.warnAboutUnknownTasks(List.of("registered"));
		assertThat(output).contains("'distributed-task.tasks.crowler.*' have no effect")
			.contains("[crawler, disabled, registered]")
			.doesNotContain("'distributed-task.tasks.crawler.*'")
			.doesNotContain("'distributed-task.tasks.disabled.*'")
			.doesNotContain("'distributed-task.tasks.registered.*'");
	}

	private static PropertiesTaskSettings settings(Map<String, String> values) {
		MapConfigurationPropertySource source = new MapConfigurationPropertySource();
		values.forEach((key, value) -> source.put("distributed-task." + key, value));
		return new PropertiesTaskSettings(
				new Binder(source).bindOrCreate("distributed-task", DistributedTaskProperties.class));
	}

}
