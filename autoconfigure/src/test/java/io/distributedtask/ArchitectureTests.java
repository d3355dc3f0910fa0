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

package io.distributedtask;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import org.jspecify.annotations.NullMarked;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.conditions.ArchConditions.beStatic;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The rooms of this module, and which of them may import what. ArchUnit fails a rule that
 * matches no class, so none of these can come to hold by being about nothing.
 */
@AnalyzeClasses(packages = "io.distributedtask", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	private static final String BASE = "io.distributedtask";

	private static final String EVENT = BASE + ".event";

	private static final String ASSIGNMENT = BASE + ".assignment";

	private static final String MESSAGE = BASE + ".internal.message";

	private static final String PORT = BASE + ".internal.port";

	private static final String CONTROL = BASE + ".internal.control";

	private static final String LEADER = BASE + ".internal.leader";

	private static final String MEMBER = BASE + ".internal.member";

	private static final String ENGINE = BASE + ".internal.engine";

	private static final String GROUP = BASE + ".internal.group";

	private static final String WATCH = BASE + ".internal.watch";

	private static final String WIRE = BASE + ".internal.group.wire";

	/** Linked with kafka-clients 4.2 and 4.3. */
	private static final String KAFKA_42 = GROUP + ".kafka42";

	/** The same source, linked with kafka-clients 4.4. */
	private static final String KAFKA_44 = GROUP + ".kafka44";

	private static final String EXECUTION = BASE + ".internal.execution";

	private static final String ANNOTATION = BASE + ".internal.annotation";

	private static final String INTERNAL = BASE + ".internal";

	private static final String OBSERVATION = BASE + ".observation";

	private static final String ACTUATE = BASE + ".actuate..";

	private static final String AUTOCONFIGURE = BASE + ".autoconfigure";

	@ArchTest
	static final ArchRule roomsImportInOneDirection = layeredArchitecture().consideringOnlyDependenciesInLayers()
		.layer("base")
		.definedBy(BASE)
		.layer("event")
		.definedBy(EVENT)
		.layer("assignment")
		.definedBy(ASSIGNMENT)
		.layer("observation")
		.definedBy(OBSERVATION)
		.layer("message")
		.definedBy(MESSAGE)
		.layer("port")
		.definedBy(PORT)
		.layer("control")
		.definedBy(CONTROL)
		.layer("leader")
		.definedBy(LEADER)
		.layer("member")
		.definedBy(MEMBER)
		.layer("engine")
		.definedBy(ENGINE)
		.layer("wire")
		.definedBy(WIRE)
		.layer("group")
		.definedBy(GROUP)
		.layer("lines of kafka-clients")
		.definedBy(KAFKA_42, KAFKA_44)
		.layer("watch")
		.definedBy(WATCH)
		.layer("execution")
		.definedBy(EXECUTION)
		.layer("annotation")
		.definedBy(ANNOTATION)
		.layer("actuate")
		.definedBy(ACTUATE)
		.layer("autoconfigure")
		.definedBy(AUTOCONFIGURE)
		.ensureAllClassesAreContainedInArchitecture()
		.whereLayer("base")
		.mayNotAccessAnyLayer()
		.whereLayer("event")
		.mayOnlyAccessLayers("base")
		.whereLayer("assignment")
		.mayOnlyAccessLayers("base")
		.whereLayer("observation")
		.mayOnlyAccessLayers("base")
		.whereLayer("message")
		.mayOnlyAccessLayers("event", "base")
		.whereLayer("port")
		.mayOnlyAccessLayers("message", "event", "base")
		.whereLayer("control")
		.mayOnlyAccessLayers("port", "message", "event", "base")
		.whereLayer("leader")
		.mayOnlyAccessLayers("control", "port", "message", "assignment", "event", "base")
		.whereLayer("member")
		.mayOnlyAccessLayers("leader", "control", "port", "message", "assignment", "event", "base")
		.whereLayer("engine")
		.mayOnlyAccessLayers("member", "leader", "control", "port", "message", "assignment", "event", "base")
		.whereLayer("wire")
		.mayOnlyAccessLayers("message", "event", "base")
		.whereLayer("group")
		.mayOnlyAccessLayers("wire", "port", "message", "assignment", "event", "base")
		.whereLayer("lines of kafka-clients")
		.mayOnlyAccessLayers("group")
		.whereLayer("watch")
		.mayOnlyAccessLayers("port", "message", "base")
		.whereLayer("execution")
		.mayOnlyAccessLayers("observation", "port", "message", "assignment", "event", "base")
		.whereLayer("annotation")
		.mayOnlyAccessLayers("execution", "port", "assignment", "event", "base")
		.whereLayer("actuate")
		.mayOnlyAccessLayers("event", "base")
		.whereLayer("autoconfigure")
		.mayNotBeAccessedByAnyLayer();

	@ArchTest
	static final ArchRule packagesAreFreeOfCycles = slices().matching(BASE + ".(**)").should().beFreeOfCycles();

	@ArchTest
	static final ArchRule publicApiIsPlainJavaAndSpringContext = classes().that()
		.resideInAnyPackage(BASE, EVENT)
		.should()
		.onlyDependOnClassesThat(resideInAnyPackage(BASE, EVENT, "java..", "org.jspecify.annotations",
				"org.springframework.core..", "org.springframework.aot..", "org.springframework.context.."));

	@ArchTest
	static final ArchRule assignmentIsPureJava = classes().that()
		.resideInAPackage(ASSIGNMENT)
		.should()
		.onlyDependOnClassesThat(resideInAnyPackage(ASSIGNMENT, BASE, "java..", "org.jspecify.annotations"));

	@ArchTest
	static final ArchRule coordinationKnowsNeitherKafkaNorSpring = classes().that()
		.resideInAnyPackage(MESSAGE, PORT, CONTROL, LEADER, MEMBER, ENGINE, WATCH)
		.should()
		.onlyDependOnClassesThat(resideInAnyPackage(MESSAGE, PORT, CONTROL, LEADER, MEMBER, ENGINE, WATCH, ASSIGNMENT,
				EVENT, BASE, "java..", "javax.net.ssl..", "org.jspecify.annotations", "org.slf4j.."));

	@ArchTest
	static void noRoomIsTooLargeForOneHead(JavaClasses classes) {
		assertThat(classes.stream()
			.filter((type) -> Set
				.of(MESSAGE, PORT, CONTROL, LEADER, MEMBER, ENGINE, WATCH, WIRE, GROUP, EXECUTION, ANNOTATION)
				.contains(type.getPackageName()))
			.filter((type) -> type.getEnclosingClass().isEmpty() && !type.getSimpleName().equals("package-info"))
			.collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting())))
			.allSatisfy((room, types) -> assertThat(types).as(room).isLessThanOrEqualTo(25));
	}

	@ArchTest
	static void whatIsPublicInARoomIsUsedInAnotherOne(JavaClasses classes) {
		assertThat(classes.stream()
			.filter((type) -> type.getPackageName().startsWith(INTERNAL) && type.getEnclosingClass().isEmpty())
			.filter((type) -> type.getModifiers().contains(JavaModifier.PUBLIC))
			.filter((type) -> type.getDirectDependenciesToSelf()
				.stream()
				.allMatch((use) -> use.getOriginClass().getPackageName().equals(type.getPackageName())))
			.map(JavaClass::getSimpleName)).as("public for the tests of other rooms, or created by name")
			.containsExactlyInAnyOrder("AssignmentCheck", "Envelope", "Fields", "FiguresView", "KafkaLine",
					"KafkaLine");
	}

	@ArchTest
	static final ArchRule onlyGroupKnowsKafka = noClasses().that()
		.resideOutsideOfPackages(GROUP, KAFKA_42, KAFKA_44)
		.should()
		.dependOnClassesThat(resideInAPackage("org.apache.kafka..").and(not(publicKafkaConstants())));

	@ArchTest
	static final ArchRule onlyAutoconfigureKnowsKafkaConstants = noClasses().that()
		.resideOutsideOfPackages(GROUP, KAFKA_42, KAFKA_44, AUTOCONFIGURE)
		.should()
		.dependOnClassesThat(resideInAPackage("org.apache.kafka.."));

	// what the group's room itself uses is the same in all of them: see the modules
	// kafka-…-tests
	@ArchTest
	static final ArchRule whatHasMovedIsNamedInTheLinesOfKafkaClientsOnly = noClasses().that()
		.resideOutsideOfPackages(KAFKA_42, KAFKA_44)
		.should()
		.dependOnClassesThat(resideInAPackage("org.apache.kafka.common.utils..")
			.and(simpleName("LogContext").or(simpleName("ExponentialBackoff")).or(simpleName("AppInfoParser"))));

	@ArchTest
	static void everyLineOfKafkaClientsHasTheSameClasses(JavaClasses classes) {
		assertThat(simpleNames(classes, KAFKA_44)).isEqualTo(simpleNames(classes, KAFKA_42)).contains("KafkaLine");
	}

	private static Set<String> simpleNames(JavaClasses classes, String room) {
		return classes.that(resideInAPackage(room)).stream().map(JavaClass::getSimpleName).collect(Collectors.toSet());
	}

	@ArchTest
	static final ArchRule springKafkaIsForListenersAndWiring = noClasses().that()
		.resideOutsideOfPackages(EXECUTION, ANNOTATION, AUTOCONFIGURE)
		.should()
		.dependOnClassesThat(resideInAPackage("org.springframework.kafka.."));

	@ArchTest
	static final ArchRule operatorsTypesStayInTheirRooms = noClasses().that()
		.resideOutsideOfPackages(ACTUATE, AUTOCONFIGURE)
		.should()
		.dependOnClassesThat(resideInAnyPackage("org.springframework.boot.actuate..",
				"org.springframework.boot.health..", "io.micrometer.core.."));

	// observation comes with spring-context, whose scheduling takes a registry
	@ArchTest
	static final ArchRule observationIsForExecutionAndWiring = noClasses().that()
		.resideOutsideOfPackages(OBSERVATION, EXECUTION, ANNOTATION, ACTUATE, AUTOCONFIGURE)
		.should()
		.dependOnClassesThat(resideInAPackage("io.micrometer.."));

	@ArchTest
	static final ArchRule autoConfigurationsArePublicAndFinal = classes().that()
		.areAnnotatedWith(AutoConfiguration.class)
		.should()
		.bePublic()
		.andShould()
		.haveModifier(JavaModifier.FINAL)
		.andShould()
		.resideInAPackage(AUTOCONFIGURE);

	@ArchTest
	static final ArchRule autoConfigurationsHaveNoPublicMethods = methods().that()
		.areDeclaredInClassesThat()
		.areAnnotatedWith(AutoConfiguration.class)
		.should()
		.notBePublic();

	@ArchTest
	static final ArchRule autoConfigurationsHaveNoPublicFields = fields().that()
		.areDeclaredInClassesThat()
		.areAnnotatedWith(AutoConfiguration.class)
		.should()
		.notBePublic()
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule beansThatProcessBeansAreStatic = methods().that()
		.areAnnotatedWith(Bean.class)
		.and()
		.haveRawReturnType(assignableTo(BeanPostProcessor.class).or(assignableTo(BeanFactoryPostProcessor.class)))
		.should(beStatic());

	// Spring loads the method's return type before it can ask the condition
	@ArchTest
	static final ArchRule classConditionsStandOnClasses = noMethods().that()
		.areAnnotatedWith(Bean.class)
		.should()
		.beAnnotatedWith(ConditionalOnClass.class);

	@ArchTest
	static final ArchRule nothingIsPrinted = GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

	@ArchTest
	static final ArchRule loggingGoesThroughSlf4j = GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

	@ArchTest
	static void everyRoomIsFurnished(JavaClasses classes) {
		Set<String> rooms = classes.stream()
			.filter((type) -> !type.getSimpleName().equals("package-info"))
			.map(JavaClass::getPackageName)
			.collect(Collectors.toSet());
		assertThat(rooms)
			.contains(BASE, EVENT, ASSIGNMENT, MESSAGE, PORT, CONTROL, LEADER, MEMBER, ENGINE, WIRE, GROUP, EXECUTION,
					ANNOTATION, AUTOCONFIGURE)
			.anyMatch((room) -> room.startsWith(BASE + ".actuate."));
		assertThat(classes.that(resideInAPackage(GROUP))).as("classes of the group's room that speak Kafka")
			.anyMatch((type) -> type.getDirectDependenciesFromSelf()
				.stream()
				.anyMatch(
						(dependency) -> dependency.getTargetClass().getPackageName().startsWith("org.apache.kafka.")));
	}

	@ArchTest
	static void theArchitecturePageNamesWhatThereIs(JavaClasses classes) throws IOException {
		String page = Files.readString(Path.of("../docs/architecture.md"));
		Map<String, Set<String>> members = new HashMap<>();
		for (JavaClass type : classes) {
			Set<String> ofType = members.computeIfAbsent(type.getSimpleName(), (name) -> new HashSet<>());
			type.getMembers().forEach((member) -> ofType.add(member.getName()));
			type.getEnclosingClass()
				.ifPresent((outer) -> members.computeIfAbsent(outer.getSimpleName(), (name) -> new HashSet<>())
					.add(type.getSimpleName()));
		}
		Matcher named = Pattern.compile("`([A-Z]\\w+)(?:\\.(\\w+))?`").matcher(page);
		Set<String> seen = new HashSet<>();
		while (named.find()) {
			if (!named.group(1).endsWith("Tests") && named.group(2) != null) {
				assertThat(members.get(named.group(1))).as(named.group()).contains(named.group(2));
			}
			else if (!named.group(1).endsWith("Tests")) {
				assertThat(members).as(named.group()).containsKey(named.group(1));
			}
			seen.add(named.group(1));
		}
		assertThat(seen).hasSizeGreaterThan(40);
		classes.stream()
			.map(JavaClass::getPackageName)
			.filter((room) -> room.startsWith(BASE + ".internal."))
			.distinct()
			.forEach((room) -> assertThat(page).contains(room.substring(BASE.length() + 1)));
	}

	@ArchTest
	static void everyPackageIsNullMarked(JavaClasses classes) {
		Set<JavaPackage> packages = classes.stream().map(JavaClass::getPackage).collect(Collectors.toSet());
		assertThat(packages).isNotEmpty().allMatch((javaPackage) -> javaPackage.isAnnotatedWith(NullMarked.class));
	}

	private static DescribedPredicate<JavaClass> publicKafkaConstants() {
		return resideInAPackage("org.apache.kafka.common.config..").or(DescribedPredicate
			.describe("public configuration constants", (type) -> type.getName().startsWith("org.apache.kafka.clients.")
					&& (type.getSimpleName().endsWith("Config") || type.getSimpleName().endsWith("Configs"))));
	}

}
