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

import io.distributedtask.internal.port.GroupException;
import io.distributedtask.internal.port.GroupRecordRefusedException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.GroupMaxSizeReachedException;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.errors.InvalidGroupIdException;
import org.apache.kafka.common.errors.InvalidSessionTimeoutException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/**
 * Explains what a failure of the group protocol means and what to change.
 */
final class GroupErrors {

	private final GroupSettings settings;

	private final String servers;

	private final Secrets secrets;

	GroupErrors(GroupSettings settings, String servers, Secrets secrets) {
		this.settings = settings;
		this.servers = servers;
		this.secrets = secrets;
	}

	GroupException explain(RuntimeException failure) {
		if (failure instanceof GroupException explained) {
			return explained;
		}
		RuntimeException cause = this.secrets.hide(failure);
		String remedy = remedy(failure);
		if (remedy != null) {
			return new GroupException(this.secrets.hide(remedy), true, cause);
		}
		boolean passes = failure instanceof RetriableException;
		if (!passes && mayBeTooLarge(failure)) {
			return new GroupRecordRefusedException(this.secrets
				.hide(("The brokers could not store group '%s': its record is probably larger than max.message.bytes of "
						+ "topic __consumer_offsets. Use fewer shards, fewer instances or shorter task names, or raise "
						+ "that limit (%s)")
					.formatted(this.settings.groupId(), failure.getMessage())), cause);
		}
		return new GroupException(this.secrets.hide("Group '%s' %s: %s".formatted(this.settings.groupId(),
				passes ? "cannot be reached now" : "failed", failure)), false, cause);
	}

	/**
	 * What to change so that it does not fail again.
	 * @return the remedy, {@code null} if nothing can be changed
	 */
	private @Nullable String remedy(RuntimeException failure) {
		String group = this.settings.groupId();
		if (failure instanceof GroupAuthorizationException) {
			return "Not authorized for group '%s': grant this client's principal the operation READ on resource GROUP '%s'"
				.formatted(group, group);
		}
		if (failure instanceof AuthenticationException) {
			return ("The brokers at %s do not accept this client (%s): check security.protocol, the SASL settings and "
					+ "the SSL bundle in spring.kafka.*")
				.formatted(this.servers, failure.getClass().getSimpleName());
		}
		if (failure instanceof UnsupportedVersionException) {
			return ("The brokers at %s are too old for this client: use brokers of Kafka 2.1 or later, and "
					+ "distributed-task.static-member-id only with 2.3 or later (%s)")
				.formatted(this.servers, failure.getMessage());
		}
		if (failure instanceof GroupMaxSizeReachedException) {
			return "Group '%s' is full: raise group.max.size of the brokers, or start fewer instances".formatted(group);
		}
		return remedyOfSettings(group, failure);
	}

	private @Nullable String remedyOfSettings(String group, RuntimeException failure) {
		if (failure instanceof InvalidSessionTimeoutException) {
			return ("The brokers do not allow distributed-task.session-timeout=%dms: choose one between "
					+ "group.min.session.timeout.ms and group.max.session.timeout.ms of the brokers")
				.formatted(this.settings.sessionTimeout().toMillis());
		}
		if (failure instanceof InconsistentGroupProtocolException) {
			return ("Group '%s' has members that do not use distributed-task, or that know none of the assignors %s: "
					+ "choose another distributed-task.group-id, or an assignor that all instances know")
				.formatted(group, this.settings.assignors());
		}
		if (failure instanceof FencedInstanceIdException) {
			return ("Another instance has taken distributed-task.static-member-id=%s in group '%s': give every instance "
					+ "an id of its own")
				.formatted(this.settings.staticMemberId(), group);
		}
		return (failure instanceof InvalidGroupIdException)
				? "The brokers do not accept '%s' as a group id: choose another distributed-task.group-id"
					.formatted(group)
				: null;
	}

	/**
	 * Brokers answer a SyncGroup that is too large with UNKNOWN_SERVER_ERROR.
	 */
	private static boolean mayBeTooLarge(RuntimeException failure) {
		return String.valueOf(failure.getMessage()).startsWith("Unexpected error from SyncGroup");
	}

	/**
	 * No broker is involved: only the settings can be wrong.
	 */
	GroupException explainCreation(RuntimeException failure) {
		if (failure instanceof GroupException explained) {
			return explained;
		}
		return new GroupException(
				"The Kafka client cannot be created: %s. Check spring.kafka.* and distributed-task.kafka.properties.*"
					.formatted(this.secrets.hide(rootMessage(failure))),
				true, this.secrets.hide(failure));
	}

	private static String rootMessage(Throwable failure) {
		Throwable root = failure;
		while (root.getCause() != null && root.getCause() != root) {
			root = root.getCause();
		}
		return String.valueOf(root.getMessage());
	}

}
