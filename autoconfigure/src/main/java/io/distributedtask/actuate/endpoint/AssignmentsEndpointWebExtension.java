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

import java.util.NoSuchElementException;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * {@link EndpointWebExtension @EndpointWebExtension} of the {@link AssignmentsEndpoint}:
 * says by the status, and in the body, why nothing was done.
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
	 * Act on one task.
	 * @param task the name of the task
	 * @param action the action
	 * @param shard the shard
	 * @param instance the instance
	 * @return what was done; 400 for bad input, 404 for a task or an instance that is not
	 * known, 409 for what is not possible now
	 */
	@WriteOperation
	public WebEndpointResponse<OperationDescriptor> change(@Selector String task, @Nullable String action,
			@Nullable String shard, @Nullable String instance) {
		return respond(() -> this.delegate.change(task, action, shard, instance));
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
		return respond(() -> this.delegate.changeGroup(action, instance, reason, task));
	}

	private static WebEndpointResponse<OperationDescriptor> respond(Supplier<OperationDescriptor> operation) {
		try {
			return new WebEndpointResponse<>(operation.get());
		}
		catch (IllegalArgumentException ex) {
			return refused(ex, WebEndpointResponse.STATUS_BAD_REQUEST);
		}
		catch (NoSuchElementException ex) {
			return refused(ex, WebEndpointResponse.STATUS_NOT_FOUND);
		}
		catch (IllegalStateException ex) {
			return refused(ex, STATUS_CONFLICT);
		}
	}

	private static WebEndpointResponse<OperationDescriptor> refused(RuntimeException ex, int status) {
		return new WebEndpointResponse<>(new OperationDescriptor(null, null, null, null, null, ex.getMessage()),
				status);
	}

}
