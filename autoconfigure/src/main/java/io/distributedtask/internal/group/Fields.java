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

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the fields of one JSON object, and believes none of them.
 */
final class Fields {

	static final int MAX_TEXT = 4096;

	/** Latest instant that is told from nonsense: the year 9999. */
	private static final long MAX_MILLIS = 253_402_300_799_999L;

	private final ObjectNode node;

	private Fields(ObjectNode node) {
		this.node = node;
	}

	static Fields of(JsonNode node) {
		if (node instanceof ObjectNode object) {
			return new Fields(object);
		}
		throw new MalformedMessageException("An object was expected, and there is %s".formatted(node.getNodeType()));
	}

	String text(String name) {
		String text = textOrNull(name);
		if (text == null) {
			throw new MalformedMessageException("Field '%s' is missing".formatted(name));
		}
		return text;
	}

	@Nullable String textOrNull(String name) {
		JsonNode value = this.node.get(name);
		if (value == null || value.isNull()) {
			return null;
		}
		if (!value.isString() || value.stringValue().length() > MAX_TEXT) {
			throw new MalformedMessageException(
					"Field '%s' is no text of at most %d characters".formatted(name, MAX_TEXT));
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
					"Field '%s' is no whole number from %d to %d".formatted(name, least, most));
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
		if (!(number > 0) || !Double.isFinite(number)) {
			throw new MalformedMessageException("Field '%s' is no positive number".formatted(name));
		}
		return number;
	}

	boolean flag(String name) {
		return number(name, 0, 1, 0) == 1;
	}

	Instant instant(String name, Instant absent) {
		return Instant.ofEpochMilli(number(name, 0, MAX_MILLIS, absent.toEpochMilli()));
	}

	<T> List<T> list(String name, int most, Function<Fields, T> mapper) {
		List<T> list = new ArrayList<>();
		for (JsonNode element : array(name, most)) {
			list.add(mapper.apply(of(element)));
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

	Map<String, String> texts(String name, int most) {
		Map<String, String> texts = new TreeMap<>();
		JsonNode value = this.node.get(name);
		if (value == null || value.isNull()) {
			return texts;
		}
		Fields fields = of(value);
		if (fields.node.size() > most) {
			throw new MalformedMessageException("Field '%s' has more than %d entries".formatted(name, most));
		}
		for (String key : fields.node.propertyNames()) {
			texts.put(key, fields.text(key));
		}
		return texts;
	}

	private Iterable<JsonNode> array(String name, int most) {
		JsonNode value = this.node.get(name);
		if (value == null || value.isNull()) {
			return List.of();
		}
		if (!value.isArray() || value.size() > most) {
			throw new MalformedMessageException("Field '%s' is no list of at most %d".formatted(name, most));
		}
		return value;
	}

}
