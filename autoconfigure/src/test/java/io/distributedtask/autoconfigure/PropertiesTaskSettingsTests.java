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

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.distributedtask.MissedRun;
import io.distributedtask.internal.annotation.TaskSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link PropertiesTaskSettings}, {@link TaskProperty} and
 * {@link UnknownProperties}.
 */
@ExtendWith(OutputCaptureExtension.class)
class PropertiesTaskSettingsTests {

	@Test
	void givesWhatTheTaskOverrides() {
		PropertiesTaskSettings settings = properties("tasks.crawler.shards=4", "tasks.crawler.weight=2.5",
				"tasks.crawler.enabled=false", "tasks.crawler.requires=zone=eu", "tasks.crawler.on-missed-run=skip");
		assertThat(settings.enabled()).isTrue();
		assertThat(settings.forTask("crawler"))
			.isEqualTo(new TaskSettings.Override(false, 4, 2.5, "zone=eu", MissedRun.SKIP));
		assertThat(settings.forTask("other")).isEqualTo(TaskSettings.Override.NONE);
	}

	@ParameterizedTest
	@CsvSource({ "tasks.job.run, job.run", "tasks[job.run], job.run", "tasks.[job.run], job.run",
			"tasks.invoiceJob.sendInvoices, invoiceJob.sendInvoices",
			"tasks.invoice-job.send-invoices, invoiceJob.sendInvoices", "tasks.job_2.Run, job_2.Run",
			"tasks.a.enabled, a.enabled", "tasks.enabled, enabled", "tasks.2.3, 2.3", "tasks[größe & co], größe & co" })
	void findsTheNameInAProperty(String property, String task) {
		PropertiesTaskSettings settings = properties(property + ".shards=3", property + ".onMissedRun=SKIP");
		assertThat(settings.forTask(task)).isEqualTo(new TaskSettings.Override(null, 3, null, null, MissedRun.SKIP));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{job: {run: {shards: 3, on-missed-run: skip}}}",
			"{job.run: {shards: 3, onMissedRun: skip}}", "{'[job.run]': {shards: 3, on_missed_run: skip}}",
			"{job.run.shards: 3, job.run.on-missed-run: skip}",
			"{job: {run: {shards: 3}}, 'job.run': {on-missed-run: skip}, other: , another: {}}" })
	void findsTheNameInYaml(String yaml) throws IOException {
		ConfigurableEnvironment environment = new StandardEnvironment();
		byte[] content = ("distributed-task: {tasks: " + yaml + "}").getBytes();
		new YamlPropertySourceLoader().load("yaml", new ByteArrayResource(content))
			.forEach(environment.getPropertySources()::addFirst);
		assertThat(settings(environment).forTask("job.run"))
			.isEqualTo(new TaskSettings.Override(null, 3, null, null, MissedRun.SKIP));
	}

	@ParameterizedTest
	@CsvSource({ "DISTRIBUTEDTASK_TASKS_JOB_RUN, job.run", "DISTRIBUTEDTASK_TASKS_JOBRUN, jobRun",
			"DISTRIBUTEDTASK_TASKS_INVOICEJOB_SENDINVOICES, invoiceJob.sendInvoices",
			"DISTRIBUTEDTASK_TASKS_LEDGERLEADER, ledger-leader", "DISTRIBUTEDTASK_TASKS_LEDGER_LEADER, ledger-leader",
			"DISTRIBUTEDTASK_TASKS_LEDGER_LEADER, ledger_leader", "DISTRIBUTEDTASK_TASKS_JOB_2_RUN, job-2.run",
			"DISTRIBUTED_TASK_TASKS_JOB_RUN, job.run", "distributedtask_tasks_job_run, JOB.RUN" })
	void findsTheNameInAnEnvironmentVariable(String variable, String task) {
		PropertiesTaskSettings settings = variables(variable + "_ENABLED=false", variable + "_ONMISSEDRUN=skip");
		assertThat(settings.forTask(task))
			.isEqualTo(new TaskSettings.Override(false, null, null, null, MissedRun.SKIP));
		assertThat(variables(variable + "_ON_MISSED_RUN=skip").forTask(task).onMissedRun()).isEqualTo(MissedRun.SKIP);
	}

	@Test
	void anAttributeIsTheLastElement() {
		PropertiesTaskSettings settings = properties("tasks.a.enabled=false", "tasks.a.enabled.shards=4",
				"tasks.a.enabled.enabled=true");
		assertThat(settings.forTask("a")).isEqualTo(new TaskSettings.Override(false, null, null, null, null));
		assertThat(settings.forTask("a.enabled")).isEqualTo(new TaskSettings.Override(true, 4, null, null, null));
	}

	@Test
	void sourcesTakePrecedenceAttributeByAttribute() {
		ConfigurableEnvironment environment = new StandardEnvironment();
		add(environment, "file", "tasks[job.run].shards=1", "tasks.job.run.weight=1", "tasks.job.run.requires=zone=eu");
		add(environment, "profile", "tasks.job.run.shards=2", "tasks.job.run.weight=${own.weight}");
		addVariables(environment, "DISTRIBUTEDTASK_TASKS_JOB_RUN_SHARDS=3");
		environment.getPropertySources().addLast(new MapPropertySource("own", Map.of("own.weight", "2")));
		assertThat(settings(environment).forTask("job.run"))
			.isEqualTo(new TaskSettings.Override(null, 3, 2.0, "zone=eu", null));
	}

	@Test
	void exactNameWins() {
		PropertiesTaskSettings settings = properties("tasks[ledgerLeader].weight=3", "tasks[ledger_leader].weight=4",
				"tasks[ledger_leader].shards=2");
		assertThat(settings.forTask("ledgerLeader")).isEqualTo(new TaskSettings.Override(null, null, 3.0, null, null));
		assertThat(settings.forTask("ledger_leader")).isEqualTo(new TaskSettings.Override(null, 2, 4.0, null, null));
	}

	@Test
	void refusesAVariableThatMeansTwoTasks() {
		PropertiesTaskSettings settings = variables("DISTRIBUTEDTASK_TASKS_JOB_RUN_SHARDS=3");
		settings.forTask("job.run");
		settings.forTask("job.run");
		assertThatIllegalArgumentException().isThrownBy(() -> settings.forTask("job-run"))
			.withMessage(
					"Environment variable 'DISTRIBUTEDTASK_TASKS_JOB_RUN_SHARDS' may be about task 'job.run' or about "
							+ "task 'job-run'. Write it as a property with the exact name: "
							+ "'distributed-task.tasks[job-run].shards', and one for the other task");
	}

	@Test
	void warnsAboutTaskThatNobodyKnows(CapturedOutput output) {
		PropertiesTaskSettings settings = properties("tasks.crawler.shards=4", "tasks.crowler.run.shards=5",
				"tasks.registered.shards=6", "tasks.disabled.enabled=false");
		List.of("crawler", "disabled", "registered").forEach(settings::forTask);
		settings.warnAboutUnknownTasks(List.of("registered", "crawler"), List.of());
		assertThat(output).contains(
				"Property 'distributed-task.tasks.crowler.run.shards' (\"distributed-task.tasks.crowler.run.shards\""
						+ " from property source \"test\") has no effect: there is no task 'crowler.run' so far. The tasks are "
						+ "[crawler, registered]")
			.doesNotContain("tasks.crawler.")
			.doesNotContain("tasks.disabled.")
			.doesNotContain("tasks.registered.");
	}

	@Test
	void doesNotWarnAboutATaskOfAParentContext(CapturedOutput output) {
		String[] properties = { "tasks.job.run.enabled=false", "tasks.other.shards=5" };
		PropertiesTaskSettings parent = properties(properties);
		parent.forTask("job.run");
		properties(properties).warnAboutUnknownTasks(List.of(), List.of(parent));
		assertThat(output).doesNotContain("'job.run'").contains("there is no task 'other' so far");
	}

	@ParameterizedTest
	@ValueSource(strings = { "sesion-timeout=5s", "groupid-x=a", "group.id=a", "kafka.bootstrap-servers=a",
			"kafka.x.y=a", "watch.enabled=true", "endpoint.url=http://a", "task.a.shards=1", "tasks.shards=1",
			"tasks[a.b].shard=3", "tasks.a.b.shardz=3", "tasks.a.on.missed.run=skip", "labelz.a=b", "mode.x=a" })
	void refusesAPropertyThatDoesNotExist(String property) {
		String name = "distributed-task." + property.substring(0, property.indexOf('='));
		assertThatExceptionOfType(DistributedTaskConfigurationException.class).isThrownBy(() -> properties(property))
			.withMessageContaining("'" + name + "'")
			.withMessageContaining("property source \"test\"")
			.withMessageNotContaining("null")
			.satisfies((ex) -> assertThat(ex.action()).contains("distributed-task.tasks.<name>."));
	}

	@ParameterizedTest
	@ValueSource(strings = { "DISTRIBUTEDTASK_SESIONTIMEOUT=5s", "DISTRIBUTEDTASK_GROUP_ID=a",
			"DISTRIBUTEDTASK_TASKS_JOB_RUN_SHARD=3" })
	void refusesAVariableThatDoesNotExist(String variable) {
		assertThatExceptionOfType(DistributedTaskConfigurationException.class).isThrownBy(() -> variables(variable))
			.withMessageContaining(
					"Environment variable '" + variable.substring(0, variable.indexOf('=')) + "' is set");
	}

	@ParameterizedTest
	@ValueSource(strings = { "labels.topology.kubernetes.io/zone=eu", "labels.größe=2", "tasks.tenant:7.shards=2",
			"tasks.a b.shards=2", "kafka.properties.a$b=c" })
	void refusesCharactersThatBootLeavesOut(String property) {
		assertThatExceptionOfType(DistributedTaskConfigurationException.class).isThrownBy(() -> properties(property))
			.withMessageContaining("'distributed-task." + property.substring(0, property.indexOf('=')) + "'")
			.withMessageContaining("that Spring Boot leaves out");
	}

	@Test
	void listsThePropertiesThatExist() {
		assertThatExceptionOfType(DistributedTaskConfigurationException.class)
			.isThrownBy(() -> properties("sesion-timeout=5s"))
			.satisfies((ex) -> assertThat(ex.action())
				.contains("distributed-task.assignors, ", "distributed-task.endpoint.*, ", "distributed-task.kafka.*, ",
						"distributed-task.labels.*, ", "distributed-task.session-timeout, ",
						"distributed-task.tasks.<name>.*.")
				.doesNotContain("distributed-task, ", "distributed-task.kafka, "));
	}

	@Test
	void acceptsWhatExistsInEachSpelling(CapturedOutput output) {
		properties("sessionTimeout=10s", "session_timeout=10s", "labels.a.b=c", "labels[a/b]=c", "labels.[c/d]=c",
				"labels.rack_row=c", "assignors[0]=sticky", "kafka.properties.client.id=a", "endpoint.uri=http://a",
				"tasks.a.b.shards=");
		variables("DISTRIBUTEDTASK_SESSIONTIMEOUT=10s", "DISTRIBUTED_TASK_SESSION_TIMEOUT=10s",
				"DISTRIBUTEDTASK_LABELS_ZONE=eu", "DISTRIBUTEDTASK_KAFKA_PROPERTIES_CLIENT_ID=a",
				"DISTRIBUTEDTASK_ASSIGNORS_0=sticky", "DISTRIBUTEDTASK_SERVICE_HOST=10.0.0.1",
				"DISTRIBUTEDTASK_PORT_80_TCP_ADDR=10.0.0.1", "DISTRIBUTED_TASK_SERVICE_PORT_HTTP=80");
		assertThat(output).doesNotContain("has no effect");
	}

	@Test
	void warnsAboutAVariableThatMayBeSomebodyElses(CapturedOutput output) {
		variables("DISTRIBUTED_TASK_RUNNER_HOME=/opt", "DISTRIBUTED_TASK_LABELS_ZONE=eu");
		assertThat(output).contains("Environment variable 'DISTRIBUTED_TASK_RUNNER_HOME' has no effect")
			.contains("Environment variable 'DISTRIBUTED_TASK_LABELS_ZONE' has no effect");
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';', quoteCharacter = '§',
			value = { "tasks.job.run.requires=zone==eu; must not contain '='",
					"tasks.job.run.requires=zone=eu||x; must not contain '|'",
					"tasks.job.run.requires=zone in (eu,us); 'zone in (eu' is not of the form key=value",
					"tasks.job.run.requires=${no.such.label}; is not of the form key=value",
					"tasks.job.run.shards=0; from 1 to 100000", "tasks[job.run].weight=-1; greater than 0" })
	void refusesAValueThatIsNotRight(String property, String reason) {
		String name = "distributed-task." + property.substring(0, property.indexOf('='));
		assertThatExceptionOfType(InvalidDistributedTaskPropertyException.class).isThrownBy(() -> properties(property))
			.withMessageStartingWith("Property '%s' has the invalid value '".formatted(name))
			.withMessageContaining(reason);
	}

	@Test
	void namesThePropertyWhoseValueCannotBeRead() {
		assertThatExceptionOfType(BindException.class).isThrownBy(() -> properties("tasks.job.run.shards=many"))
			.withMessageContaining("'distributed-task.tasks.job.run.shards' to java.lang.Integer");
		assertThatExceptionOfType(BindException.class)
			.isThrownBy(() -> variables("DISTRIBUTEDTASK_TASKS_JOB_RUN_ENABLED=maybe"))
			.withMessageContaining("'distributedtask.tasks.job.run.enabled' to java.lang.Boolean");
	}

	private static PropertiesTaskSettings properties(String... properties) {
		ConfigurableEnvironment environment = new StandardEnvironment();
		add(environment, "test", properties);
		return settings(environment);
	}

	private static PropertiesTaskSettings variables(String... variables) {
		ConfigurableEnvironment environment = new StandardEnvironment();
		addVariables(environment, variables);
		return settings(environment);
	}

	private static void add(ConfigurableEnvironment environment, String source, String... properties) {
		environment.getPropertySources().addFirst(new MapPropertySource(source, map("distributed-task.", properties)));
	}

	private static void addVariables(ConfigurableEnvironment environment, String... variables) {
		environment.getPropertySources()
			.addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", map("", variables)));
	}

	private static Map<String, Object> map(String prefix, String... properties) {
		Map<String, Object> map = new LinkedHashMap<>();
		for (String property : properties) {
			String[] pair = property.split("=", 2);
			map.put(prefix + pair[0], pair[1]);
		}
		return map;
	}

	private static PropertiesTaskSettings settings(ConfigurableEnvironment environment) {
		ConfigurationPropertySources.attach(environment);
		return PropertiesTaskSettings
			.of(Binder.get(environment).bindOrCreate("distributed-task", DistributedTaskProperties.class), environment);
	}

}
