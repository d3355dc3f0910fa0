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

import java.util.Map;

import io.distributedtask.internal.annotation.TaskConfigurationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link FrozenConditions}.
 */
class FrozenConditionsTests {

	@ParameterizedTest
	@CsvSource({ "true, local, true, localGroupMembershipFactory", "true, kafka, true, kafkaGroupMembershipFactory",
			"false, kafka, false, ", "false, local, false, ", "true, local, true, membershipOfTheTest",
			"true, kafka, true, membershipOfTheTest" })
	void whatAgreesIsAccepted(boolean enabled, String mode, boolean builtEnabled, @Nullable String factory) {
		assertThatNoException()
			.isThrownBy(() -> FrozenConditions.check(properties(enabled, mode), beans(builtEnabled, factory)));
	}

	@ParameterizedTest
	@CsvSource({ "true, local, true, kafkaGroupMembershipFactory, mode, local, kafka",
			"true, kafka, true, localGroupMembershipFactory, mode, kafka, local",
			"false, kafka, true, kafkaGroupMembershipFactory, enabled, false, true",
			"true, kafka, false, , enabled, true, false" })
	void whatWasDecidedOtherwiseAtBuildTimeIsRefused(boolean enabled, String mode, boolean builtEnabled,
			@Nullable String factory, String name, String value, String built) {
		assertThatExceptionOfType(TaskConfigurationException.class)
			.isThrownBy(() -> FrozenConditions.check(properties(enabled, mode), beans(builtEnabled, factory)))
			.withMessage(
					"'distributed-task.%s' is '%s', but has no effect: the application was processed ahead of time with '%s'."
						.formatted(name, value, built));
	}

	private static DistributedTaskProperties properties(boolean enabled, String mode) {
		return new Binder(new MapConfigurationPropertySource(
				Map.of("distributed-task.enabled", enabled, "distributed-task.mode", mode)))
			.bindOrCreate("distributed-task", DistributedTaskProperties.class);
	}

	private static DefaultListableBeanFactory beans(boolean enabled, @Nullable String factory) {
		DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
		if (enabled) {
			beans.registerSingleton(FrozenConditions.ENABLED, new Object());
		}
		if (factory != null) {
			beans.registerSingleton(factory, new Object());
		}
		return beans;
	}

}
