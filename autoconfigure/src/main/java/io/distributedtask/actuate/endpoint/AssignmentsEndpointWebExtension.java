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

import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

import io.distributedtask.actuate.endpoint.AssignmentsDescriptor.TaskDescriptor;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * {@link EndpointWebExtension @EndpointWebExtension} of the {@link AssignmentsEndpoint}:
 * adds the HTTP status, and a body with the reason, when a request is rejected or its
 * object does not exist.
 *
 * @since 0.1.0
 */
@EndpointWebExtension(endpoint = AssignmentsEndpoint.class)
public class AssignmentsEndpointWebExtension {

	private static final int STATUS_CONFLICT = 409;

	private final AssignmentsEndpoint delegate;

	/**
	 * Create a new extension.
	 * @param delegate the endpoint
	 */
	public AssignmentsEndpointWebExtension(AssignmentsEndpoint delegate) {
		this.delegate = delegate;
	}

	/**
	 * Show the whole group.
	 * @param type what the client accepts
	 * @param history whether to include the history
	 * @return the group; 400 for bad input
	 */
	@ReadOperation(producesFrom = AcceptedType.class)
	public WebEndpointResponse<?> assignments(@Nullable AcceptedType type, @Nullable String history) {
		return show(type, () -> this.delegate.assignments(flag("history", history)));
	}

	/**
	 * Show one task.
	 * @param type what the client accepts
	 * @param taskInPath the name of the task; not 'task', since a field of the body or a
	 * parameter of the query would go before that part of the path
	 * @param history whether to include the history
	 * @return the task; 404 if no live instance knows it, 400 for bad input
	 */
	@ReadOperation(producesFrom = AcceptedType.class)
	public WebEndpointResponse<?> task(@Nullable AcceptedType type, @Selector String taskInPath,
			@Nullable String history) {
		return show(type, () -> {
			TaskDescriptor descriptor = this.delegate.task(taskInPath, flag("history", history));
			if (descriptor == null) {
				throw new NoSuchElementException("No live instance knows a task '%s'".formatted(taskInPath));
			}
			return descriptor;
		});
	}

	/**
	 * Act on one task.
	 * @param taskInPath the name of the task
	 * @param action the action
	 * @param shard the shard
	 * @param instance the instance
	 * @return what was done; 400 for bad input, 404 for a task or an instance that is not
	 * known, 409 for what is not possible now
	 */
	@WriteOperation
	public WebEndpointResponse<OperationDescriptor> change(@Selector String taskInPath, @Nullable String action,
			@Nullable String shard, @Nullable String instance) {
		return respond(() -> this.delegate.change(taskInPath, action, shard, instance), Function.identity());
	}

	/**
	 * Act on the whole group or on one instance.
	 * @param action the action
	 * @param instance the instance
	 * @param reason why
	 * @param task must be left out
	 * @return what was done; 400 for bad input, 404 for an instance that is not known,
	 * 409 for what is not possible now
	 */
	@WriteOperation
	public WebEndpointResponse<OperationDescriptor> changeGroup(@Nullable String action, @Nullable String instance,
			@Nullable String reason, @Nullable String task) {
		return respond(() -> this.delegate.changeGroup(action, instance, reason, task), Function.identity());
	}

	private static WebEndpointResponse<?> show(@Nullable AcceptedType type, Supplier<?> operation) {
		WebEndpointResponse<Object> response = respond(operation::get, (refusal) -> refusal);
		return new WebEndpointResponse<>(response.getBody(), response.getStatus(),
				Objects.requireNonNullElse(type, AcceptedType.V3).response());
	}

	private static boolean flag(String name, @Nullable String value) {
		return switch (Objects.requireNonNullElse(value, "false").toLowerCase(Locale.ROOT)) {
			case "true", "yes", "on", "1", "" -> true;
			case "false", "no", "off", "0" -> false;
			default ->
				throw new IllegalArgumentException("'%s' must be true or false, and is '%s'".formatted(name, value));
		};
	}

	private static <T> WebEndpointResponse<T> respond(Supplier<T> operation, Function<OperationDescriptor, T> refusal) {
		try {
			return new WebEndpointResponse<>(operation.get());
		}
		catch (IllegalArgumentException ex) {
			return refuse(ex, WebEndpointResponse.STATUS_BAD_REQUEST, refusal);
		}
		catch (NoSuchElementException ex) {
			return refuse(ex, WebEndpointResponse.STATUS_NOT_FOUND, refusal);
		}
		catch (IllegalStateException ex) {
			return refuse(ex, STATUS_CONFLICT, refusal);
		}
	}

	private static <T> WebEndpointResponse<T> refuse(RuntimeException ex, int status,
			Function<OperationDescriptor, T> refusal) {
		return new WebEndpointResponse<>(refusal.apply(OperationDescriptor.refused(ex.getMessage())), status);
	}

}
