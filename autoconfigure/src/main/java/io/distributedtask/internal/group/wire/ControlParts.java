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

import java.util.ArrayList;
import java.util.List;

import io.distributedtask.internal.message.OperatorCommand;
import io.distributedtask.internal.message.OperatorCommand.Key;
import io.distributedtask.internal.message.OperatorCommand.Kind;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The requests of operators on the wire.
 */
final class ControlParts {

	/** More than a member may have: a newer version may allow some more. */
	private static final int MAX_ENTRIES = 4000;

	/** The longest name of a task or instance, and the longest value. */
	private static final int MAX_TEXT = 300;

	private ControlParts() {
	}

	static void put(OperatorCommand entry, ObjectNode node) {
		Key key = entry.key();
		MessageParts.putUnless(node, "k", key.kind().ordinal(), 0);
		if (!key.subject().isEmpty()) {
			node.put("n", key.subject());
		}
		MessageParts.putUnless(node, "i", key.shard(), 0);
		if (entry.value() != null) {
			node.put("v", entry.value());
		}
		node.put("t", entry.time()).put("b", entry.author());
	}

	/**
	 * Read the entries, without those of unknown kinds of newer members.
	 */
	static List<OperatorCommand> read(Fields fields) {
		List<OperatorCommand> entries = new ArrayList<>();
		fields.list("O", MAX_ENTRIES, (entry) -> entry).forEach((entry) -> {
			int kind = entry.count("k", Integer.MAX_VALUE, 0);
			if (kind < Kind.values().length) {
				entries.add(entry(Kind.values()[kind], entry));
			}
		});
		return entries;
	}

	private static OperatorCommand entry(Kind kind, Fields fields) {
		Key key = new Key(kind, (fields.textOrNull("n") != null) ? text(fields, "n") : "",
				fields.count("i", Integer.MAX_VALUE, 0));
		@Nullable String value = (fields.textOrNull("v") != null) ? text(fields, "v") : null;
		return new OperatorCommand(key, value, fields.number("t", 0, Long.MAX_VALUE / 2, 0), text(fields, "b"));
	}

	private static String text(Fields fields, String name) {
		String text = fields.line(name);
		if (text.length() > MAX_TEXT) {
			throw new MalformedMessageException("Field '%s' has more than %d characters".formatted(name, MAX_TEXT));
		}
		return text;
	}

}
