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

package io.distributedtask.actuate.endpoint;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.InvocationContext;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.Producible;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameter;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameters;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * Rejects requests that contain unknown fields or parameters, or that name one task in
 * the path and another one in the query or the body: Spring Boot ignores what it does not
 * know, and does not distinguish between path, query and body.
 *
 * @since 0.1.0
 */
public class UnknownFieldAdvisor implements OperationInvokerAdvisor {

	private static final EndpointId ENDPOINT = EndpointId.of("assignments");

	private static final String TASK = "task";

	@Override
	public OperationInvoker apply(EndpointId endpointId, OperationType operationType, OperationParameters parameters,
			OperationInvoker invoker) {
		if (!endpointId.equals(ENDPOINT)) {
			return invoker;
		}
		Set<String> selectors = names(parameters.stream().filter(UnknownFieldAdvisor::isSelector));
		Set<String> fields = names(parameters.stream()
			.filter((it) -> !isSelector(it) && !Producible.class.isAssignableFrom(it.getType())));
		String kind = (operationType == OperationType.WRITE) ? "field" : "parameter";
		return (context) -> {
			String refusal = refusal(context.getArguments(), selectors, fields, kind);
			return (refusal != null) ? refuse(refusal, context) : invoker.invoke(context);
		};
	}

	private static boolean isSelector(OperationParameter parameter) {
		return parameter.getAnnotation(Selector.class) != null;
	}

	private static Set<String> names(Stream<OperationParameter> parameters) {
		return parameters.map(OperationParameter::getName).collect(Collectors.toSet());
	}

	private static @Nullable String refusal(Map<String, Object> arguments, Set<String> selectors, Set<String> fields,
			String kind) {
		Set<String> unknown = new TreeSet<>(arguments.keySet());
		unknown.removeAll(fields);
		unknown.removeAll(selectors);
		// such as Spring Security's _csrf
		unknown.removeIf((name) -> name.startsWith("_"));
		if (!selectors.isEmpty() && unknown.remove(TASK)) {
			Object path = arguments.get(selectors.iterator().next());
			Object other = arguments.get(TASK);
			if (other != null && !other.equals(path)) {
				return "The path is about task '%s', and 'task' is '%s': leave it out".formatted(path, other);
			}
		}
		return unknown.isEmpty() ? null
				: "There is no %s %s: choose from %s".formatted(kind, quoted(unknown), quoted(fields));
	}

	private static Object refuse(String message, InvocationContext context) {
		AcceptedType type = context.canResolve(AcceptedType.class) ? context.resolveArgument(AcceptedType.class) : null;
		return new WebEndpointResponse<>(OperationDescriptor.refused(message), WebEndpointResponse.STATUS_BAD_REQUEST,
				Objects.requireNonNullElse(type, AcceptedType.V3).response());
	}

	private static String quoted(Set<String> names) {
		return names.stream().sorted().map((name) -> "'" + name + "'").collect(Collectors.joining(", "));
	}

}
