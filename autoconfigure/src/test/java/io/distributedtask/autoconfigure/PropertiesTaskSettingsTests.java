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
import io.distributedtask.internal.annotation.TaskConfigurationException;
import io.distributedtask.internal.annotation.TaskSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.PropertiesPropertySourceLoader;
import org.springframework.boot.env.PropertySourceLoader;
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
 * Tests for {@link PropertiesTaskSettings}, {@link TaskProperty},
 * {@link UnknownProperties} and {@link PropertySpelling}.
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
			"tasks.a.enabled, a.enabled", "tasks.enabled, enabled", "tasks.2.3, 2.3", "tasks[größe & co], größe & co",
			"tasks[a..b[0]], a..b[0]", "tasks.[a..b[0]], a..b[0]", "tasks.a.b0, a..b[0]", "tasks[a.], a.",
			"tasks.a.b, .a..b]", "tasks[my-job], myJob", "tasks.myJob, my-job" })
	void findsTheNameInAProperty(String property, String task) {
		PropertiesTaskSettings settings = properties(property + ".shards=3", property + ".onMissedRun=SKIP");
		assertThat(settings.forTask(task)).isEqualTo(new TaskSettings.Override(null, 3, null, null, MissedRun.SKIP));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{job: {run: {shards: 3, on-missed-run: skip}}}",
			"{job.run: {shards: 3, onMissedRun: skip}}", "{'[job.run]': {shards: 3, on_missed_run: skip}}",
			"{job.run.shards: 3, job.run.on-missed-run: skip}",
			"{job: {run: {shards: 3}}, 'job.run': {on-missed-run: skip}, other: , another: {}, more: []}" })
	void findsTheNameInYaml(String yaml) throws IOException {
		assertThat(yaml("tasks: " + yaml).forTask("job.run"))
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
	void spellingsOfOneTaskAreOne(CapturedOutput output) {
		ConfigurableEnvironment environment = new StandardEnvironment();
		add(environment, "file", "tasks.my-job.shards=1", "tasks.my-job.weight=3", "tasks[my-job].requires=zone=eu");
		add(environment, "profile", "tasks.myJob.shards=2");
		PropertiesTaskSettings settings = settings(environment);
		assertThat(settings.forTask("myJob")).isEqualTo(new TaskSettings.Override(null, 2, 3.0, "zone=eu", null));
		settings.warnAboutUnknownTasks(List.of("myJob"), List.of());
		assertThat(output).doesNotContain("has no effect");
		assertThat(settings(environment).forTask("my-job"))
			.isEqualTo(new TaskSettings.Override(null, 2, 3.0, "zone=eu", null));
	}

	@Test
	void bracketsGoBeforeOtherSpellingsInTheSameSource() {
		assertThat(properties("tasks.my-job.shards=1", "tasks[myJob].shards=2").forTask("myJob").shards()).isEqualTo(2);
	}

	@Test
	void refusesAPropertyThatMeansTwoTasks() {
		PropertiesTaskSettings settings = properties("tasks.my-job.shards=3");
		settings.forTask("my-job");
		assertThatIllegalArgumentException().isThrownBy(() -> settings.forTask("myJob"))
			.withMessageContaining("may be about task 'my-job' or about task 'myJob'");
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
				"Property 'distributed-task.tasks.crowler.run.shards' (\"distributed-task.tasks.crowler.run.shards\" "
						+ "from property source \"test\") has no effect: there is no task 'crowler.run' so far. The "
						+ "tasks are [crawler, registered]")
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
			"kafka.x.y=a", "watch.on=true", "endpoint.url=http://a", "task.a.shards=1", "tasks.shards=1",
			"tasks[a.b].shard=3", "tasks.a.b.shardz=3", "tasks.a.on.missed.run=skip", "labelz.a=b", "mode.x=a" })
	void refusesAPropertyThatDoesNotExist(String property) {
		String name = "distributed-task." + property.substring(0, property.indexOf('='));
		assertThatExceptionOfType(TaskConfigurationException.class).isThrownBy(() -> properties(property))
			.withMessageContaining("'" + name + "'")
			.withMessageContaining("property source \"test\"")
			.withMessageNotContaining("null")
			.satisfies((ex) -> assertThat(ex.action()).contains("distributed-task.tasks.<name>."));
	}

	@ParameterizedTest
	@ValueSource(strings = { "DISTRIBUTEDTASK_SESIONTIMEOUT=5s", "DISTRIBUTEDTASK_GROUP_ID=a",
			"DISTRIBUTEDTASK_TASKS_JOB_RUN_SHARD=3" })
	void refusesAVariableThatDoesNotExist(String variable) {
		assertThatExceptionOfType(TaskConfigurationException.class).isThrownBy(() -> variables(variable))
			.withMessageContaining(
					"Environment variable '" + variable.substring(0, variable.indexOf('=')) + "' is set");
	}

	@ParameterizedTest
	@CsvSource({ "DISTRIBUTEDTASK_SESSION_TIMEOUT, DISTRIBUTEDTASK_SESSIONTIMEOUT",
			"DISTRIBUTEDTASK_GROUP_ID, DISTRIBUTEDTASK_GROUPID" })
	void saysHowAVariableIsSpelled(String variable, String right) {
		assertThatExceptionOfType(TaskConfigurationException.class).isThrownBy(() -> variables(variable + "=5s"))
			.satisfies((ex) -> assertThat(ex.action()).endsWith(" dots: " + right + "."));
	}

	@ParameterizedTest
	@ValueSource(strings = { "labels.topology.kubernetes.io/zone=eu", "labels.größe=2", "tasks.tenant:7.shards=2",
			"tasks.a b.shards=2", "kafka.properties.a$b=c" })
	void refusesCharactersThatBootLeavesOut(String property) {
		assertThatExceptionOfType(TaskConfigurationException.class).isThrownBy(() -> properties(property))
			.withMessageContaining("'distributed-task." + property.substring(0, property.indexOf('=')) + "'")
			.withMessageContaining("that Spring Boot leaves out");
	}

	@ParameterizedTest
	@CsvSource({ "tasks[tenant, 7].shards=2", "labels.a[b, c", "kafka.properties.a]b, c", "tasks[a]b].shards, 2" })
	void refusesABracketWithoutTheOtherOne(String key, String value) {
		assertThatExceptionOfType(TaskConfigurationException.class).isThrownBy(() -> properties(key + "=" + value))
			.withMessageContaining("'distributed-task." + key + "'")
			.withMessageContaining("has a bracket without the other one")
			.satisfies((ex) -> assertThat(ex.action()).contains("'distributed-task.tasks[tenant\\:7].shards=2'"));
	}

	@Test
	void aColonInAPropertiesFileNeedsABackslash() throws IOException {
		assertThat(file("distributed-task.tasks[tenant\\:7].shards=2").forTask("tenant:7").shards()).isEqualTo(2);
		assertThatExceptionOfType(TaskConfigurationException.class)
			.isThrownBy(() -> file("distributed-task.tasks[tenant:7].shards=2"))
			.withMessageContaining("has a bracket without the other one");
	}

	@ParameterizedTest
	@ValueSource(strings = { "tasks=3", "labels=x", "labels=x,labels.zone=eu", "kafka=x",
			"kafka.properties=a,kafka.properties.b=c", "endpoint=http://a", "tasks[]=3", "labels.=3" })
	void refusesAValueWhereAGroupBelongs(String properties) {
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> properties(properties.split(",")))
			.isInstanceOfAny(TaskConfigurationException.class, BindException.class)
			.withMessageContaining("distributed-task." + properties.replaceAll("[\\[.]?\\]?=.*", ""));
	}

	@ParameterizedTest
	@ValueSource(strings = { "tasks: ", "tasks: {}", "labels: ", "labels: {}", "kafka: ", "kafka: {properties: }",
			"endpoint: {}", "tasks: {a: , b: {}}" })
	void acceptsAnEmptyNode(String yaml) throws IOException {
		assertThat(yaml(yaml).forTask("a")).isEqualTo(TaskSettings.Override.NONE);
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';',
			value = { "group-id: [a, b]; group-id[0]", "session-timeout: [5s]; session-timeout[0]",
					"labels: [a, b]; labels[0]", "labels: {zone: [a, b]}; labels.zone[0]",
					"tasks: [{shards: 3, x: 2}]; tasks[0].x", "tasks: [a]; tasks[0]",
					"tasks: {a: [shards]}; tasks.a[0]", "tasks: {a: {shards: [3]}}; tasks.a.shards[0]",
					"tasks: {a: {requires: [zone=eu, disk=ssd]}}; tasks.a.requires[0]",
					"kafka: {properties: {bootstrap.servers: [a, b]}}; kafka.properties.bootstrap.servers[0]" })
	void refusesAListWhereNoneBelongs(String yaml, String property) {
		assertThatExceptionOfType(TaskConfigurationException.class).isThrownBy(() -> yaml(yaml))
			.withMessageContaining("'distributed-task." + property + "'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "assignors.x=a", "assignors[0].x=a", "assignors=sticky,assignors.sticky=b" })
	void refusesAMapWhereAListBelongs(String properties) {
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> properties(properties.split(",")))
			.withMessageContaining("distributed-task.assignors");
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';', quoteCharacter = '§',
			value = { "mode=;'kafka' or 'local'", "session-timeout=;a value", "endpoint.uri=;a value",
					"tasks.a.shards=;a value", "tasks.a.weight=;a value", "tasks.a.enabled=;a value",
					"tasks.a.on-missed-run=;'fire-once' or 'skip'", "mode=${no.such:};'kafka' or 'local'" })
	void refusesAnEmptyValue(String property, String values) {
		String name = "distributed-task." + property.substring(0, property.indexOf('='));
		assertThatExceptionOfType(TaskConfigurationException.class).isThrownBy(() -> properties(property))
			.withMessageStartingWith("Property '" + name + "' (")
			.withMessageEndingWith(" is empty.")
			.satisfies((ex) -> assertThat(ex.action())
				.isEqualTo("Set it to " + values + ", or remove it to have the default."));
	}

	@ParameterizedTest
	@ValueSource(strings = { "enabled", "capacity", "phase" })
	void springBootRefusesAnEmptyPrimitive(String property) {
		assertThatExceptionOfType(BindException.class).isThrownBy(() -> properties(property + "="))
			.withMessageContaining("'distributed-task." + property + "'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "DISTRIBUTEDTASK_MODE=", "DISTRIBUTED_TASK_SESSION_TIMEOUT=",
			"DISTRIBUTEDTASK_TASKS_A_SHARDS=" })
	void refusesAnEmptyVariable(String variable) {
		assertThatExceptionOfType(TaskConfigurationException.class).isThrownBy(() -> variables(variable))
			.withMessageStartingWith("Environment variable '" + variable.replace("=", "' is empty"));
	}

	@Test
	void anEmptyValueThatAnotherOneOverridesIsAccepted() {
		ConfigurableEnvironment environment = new StandardEnvironment();
		add(environment, "file", "session-timeout=", "tasks.a.shards=");
		add(environment, "profile", "sessionTimeout=10s", "tasks.A.shards=3");
		assertThat(settings(environment).forTask("a").shards()).isEqualTo(3);
	}

	@ParameterizedTest
	@ValueSource(strings = { "labels.my-label=1,labels.myLabel=2", "labels.zone=1,labels.Zone=1",
			"labels.my_label=1,labels.my-label=2", "labels[mylabel]=1,labels.my-label=2",
			"kafka.properties.client-id=a,kafka.properties.clientId=b", "session-timeout=10s,sessionTimeout=11s",
			"tasks.my-job.shards=1,tasks.myJob.shards=2" })
	void refusesTwoSpellingsOfOneProperty(String properties) {
		assertThatExceptionOfType(TaskConfigurationException.class).isThrownBy(() -> properties(properties.split(",")))
			.withMessageContaining("Spring Boot treats the two as one property")
			.withMessageContaining("'distributed-task." + properties.replaceAll(".*,(labels\\[)?|=.*", ""));
	}

	@Test
	void refusesTwoSpellingsOfALabelInTwoSources() {
		ConfigurableEnvironment environment = new StandardEnvironment();
		add(environment, "file", "labels.my-label=1");
		add(environment, "profile", "labels.myLabel=2");
		assertThatExceptionOfType(TaskConfigurationException.class).isThrownBy(() -> settings(environment))
			.withMessageContaining("'distributed-task.labels.my-label'")
			.withMessageContaining("'distributed-task.labels.myLabel'");
	}

	@Test
	void acceptsWhatIsNotTheSameProperty() {
		properties("labels[my-label]=1", "labels[myLabel]=2", "labels.a.b=1", "labels.a-b=2", "labels.z.0=1");
		ConfigurableEnvironment environment = new StandardEnvironment();
		add(environment, "file", "session-timeout=10s", "labels.zone=eu");
		add(environment, "profile", "sessionTimeout=11s", "labels.zone=us");
		addVariables(environment, "DISTRIBUTEDTASK_LABELS_ZONE=de", "DISTRIBUTEDTASK_LABELS_RACK_7=a");
		settings(environment);
	}

	@Test
	void listsThePropertiesThatExist() {
		assertThatExceptionOfType(TaskConfigurationException.class).isThrownBy(() -> properties("sesion-timeout=5s"))
			.satisfies((ex) -> assertThat(ex.action())
				.contains("distributed-task.assignors, ", "distributed-task.endpoint.*, ", "distributed-task.kafka.*, ",
						"distributed-task.labels.*, ", "distributed-task.session-timeout, ",
						"distributed-task.tasks.<name>.*, ", "distributed-task.watch.*.")
				.doesNotContain("distributed-task, ", "distributed-task.kafka, "));
	}

	@Test
	void acceptsWhatExistsInEachSpelling(CapturedOutput output) {
		properties("sessionTimeout=10s");
		properties("session_timeout=10s", "labels.a.b=c", "labels[a/b]=c", "labels.[c/d]=c", "labels.rack_row=c",
				"assignors[0]=sticky", "kafka.properties.client.id=a", "endpoint.uri=http://a", "tasks.a.b.requires=");
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
					"tasks.job.run.requires=${no.such.label}; for the placeholder '${no.such.label}'",
					"tasks.job.run.shards=0; from 1 to 100000", "tasks[job.run].weight=-1; greater than 0" })
	void refusesAValueThatIsNotRight(String property, String reason) {
		String name = "distributed-task." + property.substring(0, property.indexOf('='));
		assertThatExceptionOfType(TaskConfigurationException.class).isThrownBy(() -> properties(property))
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

	private static PropertiesTaskSettings yaml(String yaml) throws IOException {
		return file(new YamlPropertySourceLoader(), "distributed-task: {" + yaml + "}");
	}

	private static PropertiesTaskSettings file(String properties) throws IOException {
		return file(new PropertiesPropertySourceLoader(), properties);
	}

	private static PropertiesTaskSettings file(PropertySourceLoader loader, String content) throws IOException {
		ConfigurableEnvironment environment = new StandardEnvironment();
		loader.load("file", new ByteArrayResource(content.getBytes()))
			.forEach(environment.getPropertySources()::addFirst);
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
