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

import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.distributedtask.LabelSelector;
import io.distributedtask.TaskDefinition;
import io.distributedtask.internal.annotation.TaskConfigurationException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;

/**
 * What the values of {@link DistributedTaskProperties} have to be. Each rule throws an
 * {@link TaskConfigurationException}.
 */
final class PropertyRules {

	private static final String PREFIX = "distributed-task.";

	private static final int MAX_NAME_LENGTH = 100;

	private static final int MAX_GROUP_ID_LENGTH = 255;

	private static final int MAX_PORT = 65_535;

	private static final Duration MIN_INTERVAL = Duration.ofMillis(10);

	private static final Duration MAX_DURATION = Duration.ofHours(24);

	private static final int HEARTBEATS_PER_SESSION = 3;

	private static final Pattern STATIC_MEMBER_ID = Pattern.compile("(?!\\.{1,2}$)[a-zA-Z0-9._-]{1,249}");

	/** Kafka's own keys for what has a property of ours. */
	private static final Map<String, String> RESERVED_KAFKA_PROPERTIES = Map.of("group.id", "group-id",
			"group.instance.id", "static-member-id", "heartbeat.interval.ms", "heartbeat-interval",
			"session.timeout.ms", "session-timeout", "rebalance.timeout.ms", "rebalance-timeout",
			"max.poll.interval.ms", "rebalance-timeout", "partition.assignment.strategy", "assignors");

	/** In place of what may be a secret; as in Boot's endpoints. */
	private static final String HIDDEN = "******";

	/** Without a colon, after which a default stands. Kafka's own have one, too. */
	private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^:{}]*)}");

	private PropertyRules() {
	}

	/**
	 * Spring Boot leaves a placeholder as it is that nothing resolves.
	 */
	private static void resolved(String name, Object shown, String value) {
		Matcher placeholder = PLACEHOLDER.matcher(value);
		if (placeholder.find()) {
			throw TaskConfigurationException.ofProperty(name, shown,
					"There is neither a property nor an environment variable for the placeholder '%s'"
						.formatted(placeholder.group()),
					"Set '%1$s', correct it, or give it a default, as in '${%1$s:a}'.".formatted(placeholder.group(1)));
		}
	}

	static void groupId(@Nullable String groupId) {
		text("group-id", groupId, MAX_GROUP_ID_LENGTH,
				"Set it to a name that all instances of the application share, or remove it to have it derived from "
						+ "'spring.application.name'.");
	}

	static void instanceName(@Nullable String instanceName) {
		text("instance-name", instanceName, MAX_NAME_LENGTH,
				"Set it to a name that distinguishes this instance from the others, or remove it to have it derived "
						+ "from the host name and port.");
	}

	private static void text(String name, @Nullable String value, int maxLength, String action) {
		if (value == null) {
			return;
		}
		resolved(PREFIX + name, value, value);
		if (value.isBlank()) {
			throw invalid(name, value, "It must not be blank", action);
		}
		if (value.length() > maxLength) {
			throw invalid(name, value, "It has %d characters, and %d are allowed".formatted(value.length(), maxLength),
					action);
		}
		if (value.chars().anyMatch(Character::isISOControl)) {
			throw invalid(name, value, "It must not contain control characters", action);
		}
	}

	static void staticMemberId(@Nullable String id) {
		if (id != null) {
			resolved(PREFIX + "static-member-id", id, id);
		}
		if (id != null && !STATIC_MEMBER_ID.matcher(id).matches()) {
			throw invalid("static-member-id", id,
					"Kafka allows 1 to 249 letters, digits, dots, dashes and underscores, and neither '.' nor '..'",
					"Set it to such an id, different for every instance, or remove it.");
		}
	}

	static void labels(Map<String, String> labels) {
		labels.forEach((key, value) -> {
			resolved(PREFIX + "labels." + key, value, value);
			try {
				new LabelSelector(Map.of(key, value));
			}
			catch (IllegalArgumentException ex) {
				throw invalid("labels." + key, value,
						"A task that requires the label could not name it. " + ex.getMessage(),
						"Change the label to something like 'zone=eu'.");
			}
		});
	}

	static void capacity(double capacity) {
		positive(PREFIX + "capacity", capacity,
				"Set it to 1.0 for an instance like the others, to 2.0 for one that can carry twice as much.");
	}

	static void assignors(List<String> assignors) {
		if (assignors.isEmpty() || assignors.stream().anyMatch(String::isBlank)) {
			throw invalid("assignors", String.join(",", assignors),
					"It must name at least one assignor, and no name may be blank",
					"Set it to 'sticky', or to the names of other built-in assignors or your own TaskAssignor beans.");
		}
		Set<String> names = new HashSet<>();
		for (String name : assignors) {
			resolved(PREFIX + "assignors", String.join(",", assignors), name);
			if (!names.add(name)) {
				throw invalid("assignors", String.join(",", assignors), "It names '%s' twice".formatted(name),
						"Name each assignor once, in order of preference.");
			}
		}
	}

	static void timing(Duration heartbeatInterval, Duration sessionTimeout, Duration rebalanceTimeout) {
		duration("heartbeat-interval", heartbeatInterval, MIN_INTERVAL, "500ms");
		duration("session-timeout", sessionTimeout, MIN_INTERVAL, "10s");
		duration("rebalance-timeout", rebalanceTimeout, MIN_INTERVAL, "20s");
		Duration least = heartbeatInterval.multipliedBy(HEARTBEATS_PER_SESSION);
		if (sessionTimeout.compareTo(least) < 0) {
			throw invalid("session-timeout", text(sessionTimeout),
					("It must be at least %d times 'distributed-task.heartbeat-interval' (%s), so that one late "
							+ "heartbeat does not count as a crash")
						.formatted(HEARTBEATS_PER_SESSION, text(heartbeatInterval)),
					("Set 'distributed-task.session-timeout' to %s or more, or "
							+ "'distributed-task.heartbeat-interval' to %s or less.")
						.formatted(text(least), text(sessionTimeout.dividedBy(HEARTBEATS_PER_SESSION))));
		}
		if (rebalanceTimeout.compareTo(sessionTimeout) < 0) {
			throw invalid("rebalance-timeout", text(rebalanceTimeout),
					("It must be at least 'distributed-task.session-timeout' (%s): otherwise a rebalance could give "
							+ "the tasks of a live instance to another one")
						.formatted(text(sessionTimeout)),
					"Set 'distributed-task.rebalance-timeout' to %s or more.".formatted(text(sessionTimeout)));
		}
	}

	static void duration(String name, Duration value, Duration least, String example) {
		if (value.compareTo(least) < 0 || value.compareTo(MAX_DURATION) > 0) {
			throw invalid(name, text(value), "It must be from %s to 24h".formatted(text(least)),
					"Set it to a duration in that range, such as '%s'.".formatted(example));
		}
	}

	static void maxMovesPerRebalance(@Nullable Integer most) {
		if (most != null && most < 1) {
			throw invalid("max-moves-per-rebalance", most,
					"It must be at least 1: with none at all nothing would ever be balanced",
					"Set it to the number of shards that may move at a time, or remove it for no limit.");
		}
	}

	static void task(String name, TaskProperty.Attribute attribute, Object value) {
		switch (attribute) {
			case SHARDS -> shards(name, (Integer) value);
			case WEIGHT -> positive(name, (Double) value,
					"Set it to 1.0 for a task like the others, to 2.0 for one whose shards weigh twice as much.");
			case REQUIRES -> requires(name, (String) value);
			case ENABLED, ON_MISSED_RUN -> {
				// each value of the type is right
			}
		}
	}

	private static void shards(String name, int shards) {
		if (shards < 1 || shards > TaskDefinition.MAX_SHARDS) {
			throw TaskConfigurationException.ofProperty(name, shards,
					"It must be from 1 to %d".formatted(TaskDefinition.MAX_SHARDS),
					"Set it to the number of parts that the task's work is split into.");
		}
	}

	private static void positive(String name, double value, String action) {
		if (!(value > 0) || !Double.isFinite(value)) {
			throw TaskConfigurationException.ofProperty(name, value, "It must be a finite number greater than 0",
					action);
		}
	}

	private static void requires(String name, String requires) {
		resolved(name, requires, requires);
		try {
			LabelSelector.parse(requires);
		}
		catch (IllegalArgumentException ex) {
			throw TaskConfigurationException.ofProperty(name, requires, String.valueOf(ex.getMessage()),
					"Write the labels as in 'zone=eu,disk=ssd', or leave the value empty for any instance.");
		}
	}

	static void kafkaProperties(Map<String, String> properties) {
		properties.forEach((key, value) -> {
			String own = RESERVED_KAFKA_PROPERTIES.get(key);
			if (own != null) {
				throw invalid("kafka.properties." + key, HIDDEN, "Distributed tasks have their own property for this",
						"Remove it and set 'distributed-task.%s' instead.".formatted(own));
			}
			resolved(PREFIX + "kafka.properties." + key, HIDDEN, value);
		});
	}

	static void watch(DistributedTaskProperties.Watch watch, @Nullable String staticMemberId) {
		if (watch.port() < 0 || watch.port() > MAX_PORT) {
			throw invalid("watch.port", watch.port(), "It is not a port",
					"Set it to a number from 1 to 65535, or to 0 for any free port.");
		}
		InetAddress address = watch.bindAddress();
		if (address != null && (address.isAnyLocalAddress() || address.isMulticastAddress())) {
			throw invalid("watch.bind-address", address.getHostAddress(),
					"It is not the address of one network interface, and the others are told to connect to it",
					"Set it to the address at which the others reach this instance, or remove it to have one chosen.");
		}
		if (watch.enabled() && staticMemberId != null) {
			throw invalid("watch.enabled", true,
					"With 'distributed-task.static-member-id' the group waits a session timeout for the return of an "
							+ "instance that has crashed, so there is nothing to be hastened",
					"Remove one of both.");
		}
	}

	static void endpointUri(@Nullable URI uri) {
		if (uri == null) {
			return;
		}
		boolean web = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
		if (!web || uri.getHost() == null) {
			throw invalid("endpoint.uri", uri, "It must be an absolute http or https URI with a host",
					"Set it to something like 'https://shop-1.example.org/actuator', or remove it to have it derived.");
		}
		if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
			throw invalid("endpoint.uri", HIDDEN,
					"The whole group is told of it, and paths are added at its end, so it must have no user, password, "
							+ "query or fragment",
					"Set it to something like 'https://shop-1.example.org/actuator'.");
		}
	}

	static String text(Duration duration) {
		return DurationStyle.SIMPLE.print(duration, (duration.getNano() == 0) ? ChronoUnit.SECONDS : ChronoUnit.MILLIS);
	}

	private static TaskConfigurationException invalid(String name, Object value, String reason, String action) {
		return TaskConfigurationException.ofProperty(PREFIX + name, value, reason, action);
	}

}
