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

import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * The version of kafka-clients on the class path is not supported: its internals may
 * differ.
 */
@SuppressWarnings("serial")
public class UnsupportedKafkaClientsException extends RuntimeException {

	private final @Nullable String found;

	private final String supported;

	UnsupportedKafkaClientsException(@Nullable String found, List<String> supported) {
		super("kafka-clients%s is on the class path, and distributed-task works with %s"
			.formatted((found != null) ? " " + found : " of an unknown version", text(supported)));
		this.found = found;
		this.supported = text(supported);
	}

	private static String text(List<String> minors) {
		String all = minors.stream().map((minor) -> minor + ".x").collect(Collectors.joining(", "));
		return all.replaceFirst(", (?=[^,]*$)", " and ");
	}

	/**
	 * The version on the class path.
	 * @return the version, or {@code null} if it is unknown
	 */
	public @Nullable String found() {
		return this.found;
	}

	/**
	 * The supported versions.
	 * @return their names
	 */
	public String supported() {
		return this.supported;
	}

}
