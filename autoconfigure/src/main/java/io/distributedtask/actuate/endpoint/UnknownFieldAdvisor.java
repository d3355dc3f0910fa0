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

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameters;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * Refuses requests to change something that say more than is understood: Spring Boot
 * would leave out a field whose name is not right.
 *
 * @since 0.1.0
 */
public class UnknownFieldAdvisor implements OperationInvokerAdvisor {

	private static final EndpointId ENDPOINT = EndpointId.of("assignments");

	@Override
	public OperationInvoker apply(EndpointId endpointId, OperationType operationType, OperationParameters parameters,
			OperationInvoker invoker) {
		if (!endpointId.equals(ENDPOINT) || operationType != OperationType.WRITE) {
			return invoker;
		}
		Set<String> known = parameters.stream().map((it) -> it.getName()).collect(Collectors.toSet());
		return (context) -> {
			Set<String> unknown = new TreeSet<>(context.getArguments().keySet());
			unknown.removeAll(known);
			// such as Spring Security's _csrf
			unknown.removeIf((name) -> name.startsWith("_"));
			return unknown.isEmpty() ? invoker.invoke(context)
					: new WebEndpointResponse<>(
							OperationDescriptor.refused(
									"There is no field %s: choose from %s".formatted(quoted(unknown), quoted(known))),
							WebEndpointResponse.STATUS_BAD_REQUEST);
		};
	}

	private static String quoted(Set<String> names) {
		return names.stream().sorted().map((name) -> "'" + name + "'").collect(Collectors.joining(", "));
	}

}
