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

package io.distributedtask.internal.group.wire;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import io.distributedtask.TaskDefinition;
import io.distributedtask.internal.message.ShardSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the fields of one JSON object, and checks each of them.
 */
public final class Fields {

	/** The longest text that is accepted. */
	public static final int MAX_TEXT = 4096;

	/**
	 * More than names and ids of instances may have, because the group makes them unique.
	 */
	private static final int MAX_INSTANCE = 300;

	/** The latest instant that is accepted: the year 9999. */
	private static final long MAX_MILLIS = 253_402_300_799_999L;

	/** Beyond that, sums of weights and capacities are no longer exact enough. */
	private static final double LEAST_SHARE = 1e-9;

	private static final double MOST_SHARE = 1e9;

	/**
	 * Shards that the sets of one message may have together, and 64-bit words for them: a
	 * set of few bytes may contain a hundred thousand.
	 */
	private static final int MAX_SHARDS = 2_000_000;

	private final ObjectNode node;

	private final AtomicInteger shardsLeft;

	private Fields(ObjectNode node, AtomicInteger shardsLeft) {
		this.node = node;
		this.shardsLeft = shardsLeft;
	}

	static Fields of(JsonNode node) {
		return of(node, new AtomicInteger(MAX_SHARDS));
	}

	private static Fields of(JsonNode node, AtomicInteger shardsLeft) {
		if (node instanceof ObjectNode object) {
			return new Fields(object, shardsLeft);
		}
		throw new MalformedMessageException("An object is expected, but there is %s".formatted(node.getNodeType()));
	}

	String text(String name) {
		String text = textOrNull(name);
		if (text == null) {
			throw new MalformedMessageException("Field '%s' is missing".formatted(name));
		}
		return text;
	}

	/**
	 * A text that is shown to people, in one line.
	 */
	String line(String name) {
		return line(name, text(name));
	}

	private static String line(String name, String text) {
		if (text.chars().anyMatch(Character::isISOControl)) {
			throw new MalformedMessageException("Field '%s' has control characters".formatted(name));
		}
		return text;
	}

	/**
	 * The name or the static member id of an instance.
	 */
	String instance(String name) {
		String text = line(name);
		if (text.length() > MAX_INSTANCE) {
			throw new MalformedMessageException(
					"Field '%s' is not a name of at most %d characters".formatted(name, MAX_INSTANCE));
		}
		return text;
	}

	/**
	 * The name of a task.
	 */
	String task(String name) {
		return task(name, text(name));
	}

	static String task(String name, String value) {
		String text = line(name, value);
		if (text.isBlank() || text.length() > TaskDefinition.MAX_NAME_LENGTH) {
			throw new MalformedMessageException(
					"Field '%s' is not a name of 1 to %d characters".formatted(name, TaskDefinition.MAX_NAME_LENGTH));
		}
		return text;
	}

	ShardSet shards(String name, int limit) {
		return counted(ShardSet.parse(text(name), limit));
	}

	/**
	 * Count shards against what one message may have.
	 */
	ShardSet counted(ShardSet shards) {
		if (this.shardsLeft.addAndGet(-shards.cost()) < 0) {
			throw new MalformedMessageException("The message names more than %d shards".formatted(MAX_SHARDS));
		}
		return shards;
	}

	@Nullable String textOrNull(String name) {
		return textOrNull(name, MAX_TEXT);
	}

	@Nullable String textOrNull(String name, int most) {
		JsonNode value = this.node.get(name);
		if (value == null || value.isNull()) {
			return null;
		}
		if (!value.isString() || value.stringValue().length() > most) {
			throw new MalformedMessageException(
					"Field '%s' is not a text of at most %d characters".formatted(name, most));
		}
		return value.stringValue();
	}

	long number(String name, long least, long most, long absent) {
		JsonNode value = this.node.get(name);
		if (value == null || value.isNull()) {
			return absent;
		}
		return number(name, value, least, most);
	}

	private static long number(String name, JsonNode value, long least, long most) {
		if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < least
				|| value.longValue() > most) {
			throw new MalformedMessageException(
					"Field '%s' is not a whole number from %d to %d".formatted(name, least, most));
		}
		return value.longValue();
	}

	int count(String name, int most, int absent) {
		return (int) number(name, 0, most, absent);
	}

	double positive(String name, double absent) {
		JsonNode value = this.node.get(name);
		if (value == null || value.isNull()) {
			return absent;
		}
		double number = value.isNumber() ? value.doubleValue() : Double.NaN;
		if (!(number >= LEAST_SHARE) || !(number <= MOST_SHARE)) {
			throw new MalformedMessageException(
					"Field '%s' is not a number from %s to %s".formatted(name, LEAST_SHARE, MOST_SHARE));
		}
		return number;
	}

	boolean flag(String name) {
		return number(name, 0, 1, 0) == 1;
	}

	Instant instant(String name, Instant absent) {
		return Instant.ofEpochMilli(number(name, 0, MAX_MILLIS, absent.toEpochMilli()));
	}

	@Nullable Instant instantOrNull(String name) {
		long millis = number(name, 0, MAX_MILLIS, -1);
		return (millis >= 0) ? Instant.ofEpochMilli(millis) : null;
	}

	<T> List<T> list(String name, int most, Function<Fields, T> mapper) {
		List<T> list = new ArrayList<>();
		for (JsonNode element : array(name, most)) {
			list.add(mapper.apply(of(element, this.shardsLeft)));
		}
		return list;
	}

	List<Instant> instants(String name, int most) {
		List<Instant> instants = new ArrayList<>();
		for (JsonNode element : array(name, most)) {
			instants.add(Instant.ofEpochMilli(number(name, element, 0, MAX_MILLIS)));
		}
		return instants;
	}

	/**
	 * Numbers of at least 1.
	 */
	List<Integer> counts(String name, int mostNumbers, int most) {
		List<Integer> counts = new ArrayList<>();
		for (JsonNode element : array(name, mostNumbers)) {
			counts.add((int) number(name, element, 1, most));
		}
		return counts;
	}

	Map<String, String> texts(String name, int most) {
		Map<String, String> texts = new TreeMap<>();
		JsonNode value = this.node.get(name);
		if (value == null || value.isNull()) {
			return texts;
		}
		Fields fields = of(value, this.shardsLeft);
		if (fields.node.size() > most) {
			throw new MalformedMessageException("Field '%s' has more than %d entries".formatted(name, most));
		}
		for (String key : fields.node.propertyNames()) {
			texts.put(line(name, key), fields.line(key));
		}
		return texts;
	}

	private Iterable<JsonNode> array(String name, int most) {
		JsonNode value = this.node.get(name);
		if (value == null || value.isNull()) {
			return List.of();
		}
		if (!value.isArray() || value.size() > most) {
			throw new MalformedMessageException("Field '%s' is not a list of at most %d".formatted(name, most));
		}
		return value;
	}

}
