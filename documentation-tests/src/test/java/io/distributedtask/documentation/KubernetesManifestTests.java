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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;

import io.distributedtask.autoconfigure.DistributedTaskProperties;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.Phased;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The manifests in {@code docs/kubernetes} are valid, and what they set exists.
 */
@ExtendWith(OutputCaptureExtension.class)
class KubernetesManifestTests {

	private static final Path FOLDER = Documents.ROOT.resolve("docs/kubernetes");

	private static final Map<String, Class<? extends HasMetadata>> KINDS = Map.of("Deployment", Deployment.class,
			"StatefulSet", StatefulSet.class, "NetworkPolicy", NetworkPolicy.class, "Service", Service.class);

	private final ObjectMapper strict = JsonMapper.builder()
		.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
		.annotationIntrospector(new WithoutPlaceForTheUnknown())
		.build();

	@Test
	void everyManifestHasOnlyFieldsThatExist() {
		List<HasMetadata> resources = new ArrayList<>();
		for (String name : manifests()) {
			resources.addAll(load(Documents.text(FOLDER.resolve(name))));
		}
		assertThat(resources).extracting(HasMetadata::getKind)
			.containsExactly("Deployment", "NetworkPolicy", "Service", "StatefulSet");
		assertThat(resources).allSatisfy((resource) -> assertThat(resource.getMetadata().getName()).isEqualTo("shop"));
	}

	@Test
	void aFieldThatDoesNotExistIsFound() {
		String manifest = Documents.text(FOLDER.resolve("deployment.yaml"));
		for (String field : List.of("terminationGracePeriodSeconds", "maxSurge", "fieldPath", "failureThreshold")) {
			assertThat(manifest).contains(field + ":");
			assertThatExceptionOfType(UnrecognizedPropertyException.class).as(field)
				.isThrownBy(() -> load(manifest.replace(field + ":", field + "s:")));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "deployment.yaml", "statefulset.yaml" })
	void anApplicationStartsWithTheVariables(String manifest, CapturedOutput output) {
		Map<String, String> variables = new LinkedHashMap<>();
		variables(manifest).forEach((variable) -> variables.put(variable.getName(), valueInPod(variable)));
		assertThat(variables.keySet()).contains("DISTRIBUTEDTASK_INSTANCENAME");
		Settings.variables(variables).run(Empty.class, (context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(DistributedTaskProperties.class).instanceName()).isEqualTo("shop-7d4b9");
			assertThat(context.getEnvironment().getProperty("spring.kafka.bootstrap-servers"))
				.isEqualTo("kafka.kafka.svc:9092");
		});
		assertThat(output).doesNotContain("has no effect", "is longer than");
	}

	@Test
	void theOtherSpellingOfAVariableWorksToo() {
		Settings
			.variables(Map.of("DISTRIBUTED_TASK_INSTANCE_NAME", "shop-1", "DISTRIBUTED_TASK_PORT", "tcp://10.0.0.1:80"))
			.run(Empty.class, (context) -> assertThat(context.getBean(DistributedTaskProperties.class).instanceName())
				.isEqualTo("shop-1"));
	}

	@Test
	void theVariableOfAServiceCalledLikeTheWatchIsRefused() {
		Settings.variables(Map.of("DISTRIBUTED_TASK_WATCH_PORT", "tcp://10.0.0.1:80"))
			.run(Empty.class, (context) -> assertThat(context).hasFailed());
	}

	@ParameterizedTest
	@ValueSource(strings = { "deployment.yaml", "statefulset.yaml" })
	void theGracePeriodIsLongerThanTheShutdown(String manifest) {
		PodTemplateSpec pod = pod(manifest);
		long preStop = pod.getSpec().getContainers().get(0).getLifecycle().getPreStop().getSleep().getSeconds();
		Duration phase = duration(manifest, "SPRING_LIFECYCLE_TIMEOUTPERSHUTDOWNPHASE");
		assertThat(pod.getSpec().getTerminationGracePeriodSeconds()).isGreaterThan(preStop + 4 * phase.toSeconds());
		assertThat(duration(manifest, "DISTRIBUTEDTASK_REVOKETIMEOUT").plusSeconds(2)).isLessThan(phase);
	}

	@Test
	void thePageHasThePhasesOfAnApplication() {
		SpringApplication application = new SpringApplicationBuilder(Application.class).web(WebApplicationType.SERVLET)
			.properties("distributed-task.mode=local", "spring.application.name=shop", "server.address=127.0.0.1",
					"server.port=0", "spring.main.banner-mode=off")
			.build();
		try (ConfigurableApplicationContext context = application.run()) {
			TreeSet<Integer> phases = new TreeSet<>();
			context.getBeansOfType(SmartLifecycle.class).values().stream().map(Phased::getPhase).forEach(phases::add);
			String page = Documents.text("docs/kubernetes.md");
			assertThat(phases).contains(Integer.MAX_VALUE - 512).hasSizeGreaterThan(5);
			assertThat(phases.tailSet(0)).allSatisfy((phase) -> assertThat(page).contains("` (" + phase + ") |"));
		}
	}

	private static List<String> manifests() {
		try (Stream<Path> files = Files.list(FOLDER)) {
			return files.map((file) -> file.getFileName().toString()).sorted().toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private List<HasMetadata> load(String text) {
		List<HasMetadata> resources = new ArrayList<>();
		for (Object document : new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(text)) {
			Map<?, ?> fields = (Map<?, ?>) document;
			resources.add(this.strict.convertValue(fields, Objects.requireNonNull(KINDS.get(fields.get("kind")))));
		}
		return resources;
	}

	private PodTemplateSpec pod(String manifest) {
		return load(Documents.text(FOLDER.resolve(manifest))).stream()
			.map((resource) -> (resource instanceof Deployment deployment) ? deployment.getSpec().getTemplate()
					: (resource instanceof StatefulSet set) ? set.getSpec().getTemplate() : null)
			.filter(Objects::nonNull)
			.findFirst()
			.orElseThrow();
	}

	private List<EnvVar> variables(String manifest) {
		return pod(manifest).getSpec().getContainers().get(0).getEnv();
	}

	private Duration duration(String manifest, String variable) {
		return variables(manifest).stream()
			.filter((it) -> it.getName().equals(variable))
			.map((it) -> DurationStyle.detectAndParse(it.getValue()))
			.findFirst()
			.orElseThrow();
	}

	/**
	 * As the kubelet fills it in.
	 */
	private static String valueInPod(EnvVar variable) {
		if (variable.getValue() != null) {
			return variable.getValue();
		}
		return switch (variable.getValueFrom().getFieldRef().getFieldPath()) {
			case "metadata.name" -> "shop-7d4b9";
			case "spec.nodeName" -> "node-1";
			case "status.podIP" -> "127.0.0.1";
			default -> throw new IllegalArgumentException(variable.getName());
		};
	}

	@Configuration(proxyBeanMethods = false)
	static class Empty {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableScheduling
	static class Application {

	}

	/**
	 * The model keeps fields that it does not know, which would hide a mistake.
	 */
	static class WithoutPlaceForTheUnknown extends JacksonAnnotationIntrospector {

		private static final long serialVersionUID = 1L;

		@Override
		public Boolean hasAnySetter(MapperConfig<?> config, Annotated annotated) {
			return false;
		}

	}

}
