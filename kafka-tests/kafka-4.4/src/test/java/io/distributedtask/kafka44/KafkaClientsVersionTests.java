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

package io.distributedtask.kafka44;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * An application with other versions of kafka-clients on its class path: it starts, or is
 * told which versions it may have.
 */
@ExtendWith(OutputCaptureExtension.class)
class KafkaClientsVersionTests {

	@ParameterizedTest
	@ValueSource(strings = { "3.9.2", "4.0.2", "4.1.2" })
	void tellsWhichVersionsWork(String version, CapturedOutput output) {
		assertThatThrownBy(() -> run(jar(version))).isInstanceOf(InvocationTargetException.class);
		assertThat(output).contains("APPLICATION FAILED TO START",
				"kafka-clients " + version
						+ " is on the class path, and distributed-task works with 4.2.x, 4.3.x and 4.4.x",
				"Use a version 4.2.x, 4.3.x or 4.4.x of 'org.apache.kafka:kafka-clients'");
		assertThat(output).doesNotContain("NoClassDefFoundError", "NoSuchMethodError");
	}

	@ParameterizedTest
	@ValueSource(strings = { "4.2.", "4.3.", "4.4." })
	void startsWithASupportedVersion(String line) throws Exception {
		run(jar(line));
	}

	@Test
	void tellsThatALaterVersionIsNotKnown(CapturedOutput output) {
		assertThatThrownBy(() -> run(new WithVersion(urls(jar("4.4.")), "version=4.5.0")))
			.isInstanceOf(InvocationTargetException.class);
		assertThat(output).contains("kafka-clients 4.5.0 is on the class path");
	}

	@Test
	void tellsHowTheVersionIsFoundWhereARepackagedJarLacksIt(CapturedOutput output) {
		assertThatThrownBy(() -> run(new WithVersion(urls(jar("4.2.")), "")))
			.isInstanceOf(InvocationTargetException.class);
		assertThat(output).contains("kafka-clients of an unknown version is on the class path",
				"'kafka/kafka-version.properties'");
	}

	@Test
	void localModeNeedsNoVersion() throws Exception {
		run(jar("3.9.2"), "--distributed-task.mode=local");
	}

	@Test
	void disabledNeedsNoVersion() throws Exception {
		run(jar("3.9.2"), "--distributed-task.enabled=false");
	}

	private static Path jar(String version) throws IOException {
		File[] jars = new File("target/kafka-clients").listFiles((folder, name) -> name.contains("-" + version));
		assertThat(jars).hasSize(1);
		return jars[0].toPath();
	}

	private static void run(Path kafkaClients, String... arguments) throws Exception {
		run(new URLClassLoader(urls(kafkaClients), ClassLoader.getPlatformClassLoader()), arguments);
	}

	private static void run(URLClassLoader classLoader, String... arguments) throws Exception {
		Thread thread = Thread.currentThread();
		ClassLoader contextClassLoader = thread.getContextClassLoader();
		try (classLoader) {
			thread.setContextClassLoader(classLoader);
			classLoader.loadClass(Application.class.getName())
				.getMethod("main", String[].class)
				.invoke(null, (Object) arguments);
		}
		finally {
			thread.setContextClassLoader(contextClassLoader);
		}
	}

	private static URL[] urls(Path kafkaClients) throws MalformedURLException {
		List<URL> urls = new ArrayList<>();
		urls.add(kafkaClients.toUri().toURL());
		for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
			Path path = Path.of(entry);
			if (!path.getFileName().toString().startsWith("kafka-clients-")) {
				urls.add(path.toUri().toURL());
			}
		}
		return urls.toArray(URL[]::new);
	}

	private static final class WithVersion extends URLClassLoader {

		private final String properties;

		private WithVersion(URL[] urls, String properties) {
			super(urls, ClassLoader.getPlatformClassLoader());
			this.properties = properties;
		}

		@Override
		public InputStream getResourceAsStream(String name) {
			return name.equals("kafka/kafka-version.properties")
					? new ByteArrayInputStream(this.properties.getBytes(StandardCharsets.UTF_8))
					: super.getResourceAsStream(name);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	public static class Application {

		public static void main(String[] arguments) {
			SpringApplication application = new SpringApplication(Application.class);
			application.setDefaultProperties(Map.of("spring.application.name", "versions",
					"spring.main.web-application-type", "none", "spring.kafka.bootstrap-servers", "localhost:1"));
			application.run(arguments).close();
		}

	}

}
