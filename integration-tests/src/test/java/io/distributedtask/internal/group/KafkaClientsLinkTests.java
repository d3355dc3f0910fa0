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

package io.distributedtask.internal.group;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each member of kafka-clients that the code names exists in the kafka-clients on the
 * class path. Runs with each supported line: see the module {@code kafka-tests}.
 */
class KafkaClientsLinkTests {

	private static final String KAFKA = "org.apache.kafka.";

	private final JavaClasses classes = new ClassFileImporter()
		.importUrl(KafkaClientLine.class.getProtectionDomain().getCodeSource().getLocation());

	private final String room = ClassUtils.getPackageName(KafkaClientsVersion.lineType());

	@Test
	void runsWithTheVersionThatTheModulesNameSays() {
		String expected = System.getProperty("kafka-line.version");
		String version = KafkaClientsVersion.read(getClass().getClassLoader());
		assertThat(version).isEqualTo((expected != null) ? expected : version).isNotNull();
	}

	@Test
	void everyMemberThatIsNamedExists() {
		assertThat(this.classes.stream()
			.filter((type) -> !isOfALine(type) || type.getPackageName().equals(this.room))
			.flatMap((type) -> type.getAccessesFromSelf().stream())
			.filter(KafkaClientsLinkTests::isOfKafka)).hasSizeGreaterThan(200).allMatch(KafkaClientsLinkTests::exists);
	}

	@Test
	void whatIsForAnotherLineIsNotLinked() {
		assertThat(this.classes.stream()
			.filter((type) -> isOfALine(type) && !type.getPackageName().equals(this.room))
			.flatMap((type) -> type.getAccessesFromSelf().stream())
			.filter(KafkaClientsLinkTests::isOfKafka)).isNotEmpty().anyMatch((access) -> !exists(access));
	}

	private static boolean isOfALine(JavaClass type) {
		return type.getPackageName().startsWith(KafkaClientLine.class.getPackageName() + ".kafka");
	}

	private static boolean isOfKafka(JavaAccess<?> access) {
		return access.getTargetOwner().getName().startsWith(KAFKA);
	}

	private static boolean exists(JavaAccess<?> access) {
		return access.getTarget().resolveMember().isPresent();
	}

}
