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

package io.distributedtask;

import java.util.Objects;

/**
 * A task as the group knows it: its name, its shards, and which instances may own them.
 *
 * @param name the name, unique in the group: 1 to {@value #MAX_NAME_LENGTH} characters of
 * any alphabet, but for <code>/ \ ; %</code>, control characters and blanks at its ends,
 * and neither {@code .} nor {@code ..}: the name is part of a path, and servers refuse
 * these there however they are written
 * @param shards the number of shards, from 1 to {@value #MAX_SHARDS}
 * @param weight the share of an instance's capacity that one shard takes: finite and
 * greater than 0
 * @param requires the labels that an owner must have
 * @since 0.1.0
 */
public record TaskDefinition(String name, int shards, double weight, LabelSelector requires) {

	/**
	 * Most shards that one task may have.
	 */
	public static final int MAX_SHARDS = 100_000;

	/**
	 * Most characters that a task's name may have.
	 */
	public static final int MAX_NAME_LENGTH = 255;

	/** Refused by web servers and firewalls within a path, encoded or not. */
	private static final String UNADDRESSABLE = "/\\;%";

	public TaskDefinition {
		Objects.requireNonNull(requires, "'requires' must not be null");
		checkName(name);
		if (shards < 1 || shards > MAX_SHARDS) {
			throw new IllegalArgumentException(
					"Task '%s' has %d shards: the number must be from 1 to %d".formatted(name, shards, MAX_SHARDS));
		}
		if (!(weight > 0) || !Double.isFinite(weight)) {
			throw new IllegalArgumentException(
					"Task '%s' has weight %s: it must be a finite number greater than 0".formatted(name, weight));
		}
	}

	private static void checkName(String name) {
		if (name.isEmpty() || name.length() > MAX_NAME_LENGTH) {
			throw new IllegalArgumentException(
					"Task name '%s' must have 1 to %d characters".formatted(name, MAX_NAME_LENGTH));
		}
		if (name.chars().anyMatch((it) -> UNADDRESSABLE.indexOf(it) >= 0) || name.equals(".") || name.equals("..")) {
			throw new IllegalArgumentException(("Task name '%s' cannot be part of a path, so no request could name "
					+ "the task: it must not contain '/', '\\', ';' or '%%', or be '.' or '..'")
				.formatted(name));
		}
		if (name.codePoints().anyMatch(TaskDefinition::isInvisible) || isBlank(name.codePointAt(0))
				|| isBlank(name.codePointBefore(name.length()))) {
			throw new IllegalArgumentException(
					"Task name '%s' must not contain control characters, or begin or end with a blank".formatted(name));
		}
	}

	private static boolean isBlank(int character) {
		return Character.isWhitespace(character) || Character.isSpaceChar(character);
	}

	private static boolean isInvisible(int character) {
		return switch (Character.getType(character)) {
			case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
				true;
			default -> false;
		};
	}

	/**
	 * A task of one shard and weight 1 that every instance may own.
	 * @param name the name of the task
	 * @return the definition
	 */
	public static TaskDefinition of(String name) {
		return new TaskDefinition(name, 1, 1.0, LabelSelector.parse(""));
	}

	/**
	 * This task with another number of shards.
	 * @param shards the number of shards
	 * @return the definition
	 */
	public TaskDefinition withShards(int shards) {
		return new TaskDefinition(this.name, shards, this.weight, this.requires);
	}

	/**
	 * This task with another weight.
	 * @param weight the weight of one shard
	 * @return the definition
	 */
	public TaskDefinition withWeight(double weight) {
		return new TaskDefinition(this.name, this.shards, weight, this.requires);
	}

	/**
	 * This task with other required labels.
	 * @param requires the label selector, such as {@code zone=eu}
	 * @return the definition
	 */
	public TaskDefinition withRequires(String requires) {
		return new TaskDefinition(this.name, this.shards, this.weight, LabelSelector.parse(requires));
	}

}
