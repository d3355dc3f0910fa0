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

package io.distributedtask.documentation;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

import io.distributedtask.Assignments;
import io.distributedtask.DistributedTask;
import io.distributedtask.DistributedTasks;
import io.distributedtask.LabelSelector;
import io.distributedtask.autoconfigure.DistributedTaskProperties;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TableRow;
import org.commonmark.node.Code;
import org.commonmark.node.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * {@code docs/configuration.md} has each property, and what it shows means what it says.
 */
@ExtendWith(OutputCaptureExtension.class)
class ConfigurationPageTests {

	private static final String PREFIX = "distributed-task.";

	private static final Node PAGE = Documents.parse("docs/configuration.md");

	@Test
	void theTableHasEachPropertyWithItsDefault() throws IOException {
		Map<String, String> documented = new TreeMap<>();
		for (TableRow row : rows("Property")) {
			String name = codes(row.getFirstChild()).get(0).replace(".*", "");
			if (!name.startsWith("tasks.")) {
				documented.put(name, Documents.plain(row.getFirstChild().getNext()));
			}
		}
		Map<String, JsonNode> existing = metadata();
		existing.remove("tasks");
		assertThat(documented.keySet()).isEqualTo(existing.keySet());
		existing.forEach((name, property) -> {
			if (property.has("defaultValue")) {
				assertThat(documented.get(name)).as(name).isEqualTo(shown(property.get("defaultValue")));
			}
		});
		assertThat(existing.values().stream().filter((property) -> property.has("defaultValue")))
			.hasSizeGreaterThan(10);
	}

	/**
	 * As people write it.
	 */
	private static String shown(JsonNode value) {
		String text = (value.isArray() ? value.get(0) : value).asString();
		String phase = String.valueOf(Integer.MAX_VALUE - 512);
		return Map.of("0s", "0", "1", "1.0", phase, "DEFAULT_PHASE - 512").getOrDefault(text, text);
	}

	private static Map<String, JsonNode> metadata() throws IOException {
		Map<String, JsonNode> properties = new TreeMap<>();
		for (URL url : Collections.list(Thread.currentThread()
			.getContextClassLoader()
			.getResources("META-INF/spring-configuration-metadata.json"))) {
			try (InputStream metadata = url.openStream()) {
				JsonMapper.shared().readTree(metadata).get("properties").forEach((property) -> {
					String name = property.get("name").asString();
					if (name.startsWith(PREFIX)) {
						properties.put(name.substring(PREFIX.length()), property);
					}
				});
			}
		}
		return properties;
	}

	@ParameterizedTest
	@MethodSource
	void theThreeNotationsMeanTheSame(Settings settings, CapturedOutput output) {
		settings.run(Tasks.class, (context) -> {
			assertThat(context).hasNotFailed();
			DistributedTaskProperties properties = context.getBean(DistributedTaskProperties.class);
			assertThat(properties.sessionTimeout()).hasSeconds(12);
			assertThat(properties.assignors()).containsExactly("zone-spread", "sticky");
			assertThat(properties.labels()).isEqualTo(Map.of("zone", "eu"));
			assertThat(properties.kafka().properties()).isEqualTo(Map.of("client.id", "shop"));
			assertThat(properties.watch().port()).isEqualTo(7400);
			Map<String, String> tasks = new LinkedHashMap<>();
			for (Assignments.Task task : context.getBean(DistributedTasks.class).assignments().tasks()) {
				tasks.put(task.name(), "%d %s %s".formatted(task.shards(), task.weight(), task.requires()));
			}
			assertThat(tasks).isEqualTo(Map.of("invoiceJob.sendInvoices", "3 1.0 zone=eu", "daily-report.run", "1 2.5 ",
					"tenant:7", "2 1.0 "));
		});
		assertThat(output).doesNotContain("has no effect");
	}

	static Stream<Settings> theThreeNotationsMeanTheSame() {
		return Stream.of(Settings.properties(Documents.blocks(PAGE, "properties").get(0)),
				Settings.yaml(Documents.blocks(PAGE, "yaml").get(0)),
				Settings.exports(Documents.blocks(PAGE, "sh").get(0)));
	}

	@Test
	void theThreeNotationsHaveTheSameNumberOfSettings() {
		assertThat(Documents.blocks(PAGE, "properties").get(0).lines()).hasSize(10);
		assertThat(Documents.blocks(PAGE, "sh").get(0).lines()).hasSize(10);
		assertThat(Documents.blocks(PAGE, "yaml").get(0).lines().filter((line) -> line.matches(".*: .+"))).hasSize(10);
	}

	@Test
	void selectorsAreAcceptedAndRefusedAsShown() {
		List<TableRow> accepted = rows("requires");
		assertThat(accepted).hasSizeGreaterThan(4);
		assertThat(LabelSelector.parse("").matches(Map.of())).isTrue();
		accepted.stream()
			.skip(1)
			.forEach((row) -> assertThat(
					new TreeSet<>(LabelSelector.parse(codes(row.getFirstChild()).get(0)).labels().keySet()))
				.as(Documents.plain(row))
				.isNotEmpty());
		assertThat(LabelSelector.parse(codes(accepted.get(3).getFirstChild()).get(0)))
			.isEqualTo(LabelSelector.parse(codes(accepted.get(2).getFirstChild()).get(0)));
		List<TableRow> refused = rows("Refused");
		assertThat(refused).hasSizeGreaterThan(4)
			.allSatisfy((row) -> assertThatIllegalArgumentException()
				.isThrownBy(() -> LabelSelector.parse(codes(row.getFirstChild()).get(0))));
	}

	@Test
	void theGrammarRefusesTheCharactersThatTheParserRefuses() {
		String grammar = Documents.blocks(PAGE, "ebnf").get(0);
		String listed = grammar.substring(
				grammar.indexOf("control characters and ") + "control characters and ".length(),
				grammar.lastIndexOf(" ? ;"));
		StringBuilder refused = new StringBuilder();
		for (char character = ' '; character < 127; character++) {
			String value = "a" + character + "b";
			try {
				new LabelSelector(Map.of("key", value));
			}
			catch (IllegalArgumentException ex) {
				refused.append(character);
			}
		}
		assertThat(listed.replace(" ", "").chars().sorted().toArray()).isEqualTo(refused.chars().sorted().toArray());
	}

	/**
	 * The rows of the table whose first column has this title.
	 */
	private static List<TableRow> rows(String title) {
		return Documents.find(PAGE, TableBlock.class)
			.stream()
			.map((table) -> Documents.find(table, TableRow.class))
			.filter((rows) -> Documents.plain(rows.get(0).getFirstChild()).equals(title))
			.findFirst()
			.orElseThrow()
			.stream()
			.skip(1)
			.toList();
	}

	private static List<String> codes(Node node) {
		return Documents.find(node, Code.class).stream().map(Code::getLiteral).toList();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	@Import(TaskMethods.class)
	static class Tasks {

	}

	static class TaskMethods {

		@DistributedTask("invoiceJob.sendInvoices")
		@Scheduled(cron = "0 0 2 * * *")
		void sendInvoices() {
		}

		@DistributedTask("daily-report.run")
		@Scheduled(cron = "0 0 3 * * *")
		void report() {
		}

		@DistributedTask("tenant:7")
		@Scheduled(cron = "0 0 4 * * *")
		void tenant() {
		}

	}

}
