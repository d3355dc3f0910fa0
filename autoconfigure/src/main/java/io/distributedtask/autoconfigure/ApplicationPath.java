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

import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * The path below which an application has its endpoints: that of the servlet context and
 * of Spring MVC's or Jersey's servlet, or WebFlux's base path.
 */
class ApplicationPath {

	private static final String SERVLET_CONTEXT = "org.springframework.web.context.WebApplicationContext";

	private static final String DISPATCHER = "org.springframework.web.servlet.DispatcherServlet";

	private static final String JERSEY = "org.glassfish.jersey.server.ResourceConfig";

	private static final String JERSEY_ANNOTATION = "jakarta.ws.rs.ApplicationPath";

	private final ApplicationContext context;

	ApplicationPath(ApplicationContext context) {
		this.context = context;
	}

	/**
	 * Find the path.
	 * @return the path, empty or with a slash at its beginning
	 */
	String value() {
		Class<?> servlets = type(SERVLET_CONTEXT);
		if (servlets == null || !servlets.isInstance(this.context)) {
			return property("spring.webflux.base-path");
		}
		return property("server.servlet.context-path") + servletPath();
	}

	/** Spring Boot serves endpoints by Jersey where there is no Spring MVC. */
	private String servletPath() {
		if (beans(DISPATCHER).length > 0) {
			return property("spring.mvc.servlet.path");
		}
		String[] configurations = beans(JERSEY);
		Class<?> configuration = (configurations.length > 0) ? this.context.getType(configurations[0]) : null;
		if (configuration == null) {
			return "";
		}
		String path = property("spring.jersey.application-path");
		if (!path.isEmpty()) {
			return path;
		}
		return normalize(MergedAnnotations.from(configuration, SearchStrategy.TYPE_HIERARCHY)
			.get(JERSEY_ANNOTATION)
			.getValue(MergedAnnotation.VALUE, String.class)
			.orElse(""));
	}

	private String[] beans(String typeName) {
		Class<?> type = type(typeName);
		return (type != null) ? this.context.getBeanNamesForType(type, true, false) : new String[0];
	}

	private @Nullable Class<?> type(String name) {
		return ClassUtils.isPresent(name, this.context.getClassLoader())
				? ClassUtils.resolveClassName(name, this.context.getClassLoader()) : null;
	}

	private String property(String name) {
		Environment environment = this.context.getEnvironment();
		return normalize(environment.getProperty(name, ""));
	}

	/**
	 * Write a path as it is put together with others.
	 * @param path a path, or what a servlet is mapped to
	 * @return the path, empty or with a slash at its beginning and none at its end
	 */
	static String normalize(String path) {
		String plain = path.strip();
		plain = plain.endsWith("/*") ? plain.substring(0, plain.length() - 1) : plain;
		String trimmed = StringUtils.trimTrailingCharacter(plain, '/');
		return (trimmed.isEmpty() || trimmed.startsWith("/")) ? trimmed : "/" + trimmed;
	}

}
