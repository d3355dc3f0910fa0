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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.BeanUtils;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ApplicationPath}.
 */
class ApplicationPathTests {

	@Test
	void isThatOfTheKindOfTheApplication() {
		assertThat(path(new GenericApplicationContext())).isEqualTo("/flux");
		assertThat(path(servlets())).as("neither Spring MVC nor Jersey").isEqualTo("/shop");
		GenericApplicationContext mvc = servlets();
		mvc.registerBean(ClassUtils.resolveClassName("org.springframework.web.servlet.DispatcherServlet", null),
				(definition) -> definition.setLazyInit(true));
		assertThat(path(mvc)).isEqualTo("/shop/api");
	}

	@ParameterizedTest
	@CsvSource({ "'',''", "/,''", "/*,''", "' ',''", "/api,/api", "api/,/api", "/api/*,/api", "/a/b//,/a/b" })
	void isPutTogetherWithOthers(String path, String normalized) {
		assertThat(ApplicationPath.normalize(path)).isEqualTo(normalized);
	}

	private static GenericApplicationContext servlets() {
		return (GenericApplicationContext) BeanUtils.instantiateClass(ClassUtils
			.resolveClassName("org.springframework.web.context.support.GenericWebApplicationContext", null));
	}

	private static String path(GenericApplicationContext context) {
		context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("test",
					Map.of("server.servlet.context-path", "/shop", "spring.mvc.servlet.path", "/api/",
							"spring.jersey.application-path", "/jersey", "spring.webflux.base-path", "/flux")));
		try (context) {
			context.refresh();
			return new ApplicationPath(context).value();
		}
	}

}
