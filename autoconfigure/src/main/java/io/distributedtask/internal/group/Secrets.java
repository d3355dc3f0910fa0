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

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.types.Password;

/**
 * The secrets among the properties of a Kafka client, and texts without them:
 * kafka-clients quotes what it cannot parse.
 */
final class Secrets {

	private static final String HIDDEN = "******";

	private static final Pattern SECRET_KEY = Pattern.compile("(?i).*(password|secret|jaas|token|credential|key).*");

	/**
	 * Words of a JAAS configuration that are not secret: classes of login modules,
	 * control flags, and names of options.
	 */
	private static final Pattern HARMLESS = Pattern
		.compile("[\\w.$]+Module|required|requisite|sufficient|optional|true|false");

	private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"?|([^\\s=;\"]+)(\\s*=)?");

	private static final int LEAST_LENGTH = 3;

	private final List<String> longestFirst = new ArrayList<>();

	Secrets(Map<String, ?> properties) {
		properties.forEach((key, value) -> {
			String text = (value instanceof Password password) ? password.value() : String.valueOf(value);
			if (key.endsWith(SaslConfigs.SASL_JAAS_CONFIG)) {
				add(text);
				addWords(text);
			}
			else if (value instanceof Password || value instanceof String && SECRET_KEY.matcher(key).matches()) {
				add(text);
			}
		});
		this.longestFirst.sort(Comparator.comparingInt(String::length).reversed());
	}

	private void addWords(String jaas) {
		Matcher word = WORD.matcher(jaas);
		while (word.find()) {
			boolean optionName = word.group(3) != null;
			String text = (word.group(1) != null) ? word.group(1) : word.group(2);
			if (!optionName && !HARMLESS.matcher(text).matches()) {
				add(text);
			}
		}
	}

	private void add(String secret) {
		if (secret.strip().length() >= LEAST_LENGTH) {
			this.longestFirst.add(secret.strip());
		}
	}

	/**
	 * A text without the secrets.
	 * @param text any text
	 * @return the text, with a placeholder for each secret
	 */
	String hide(String text) {
		String hidden = text;
		for (String secret : this.longestFirst) {
			hidden = hidden.replace(secret, HIDDEN);
		}
		return hidden;
	}

	/**
	 * A failure that may be logged.
	 * @param failure what happened
	 * @return the failure, or a copy without secrets if its text or that of a cause
	 * contains one
	 */
	RuntimeException hide(RuntimeException failure) {
		StringBuilder texts = new StringBuilder();
		Throwable current = failure;
		while (current != null) {
			texts.append((current == failure) ? "" : ", caused by ").append(current);
			current = (current.getCause() != current) ? current.getCause() : null;
		}
		String hidden = hide(texts.toString());
		if (hidden.contentEquals(texts)) {
			return failure;
		}
		RuntimeException safe = new IllegalStateException(hidden);
		safe.setStackTrace(failure.getStackTrace());
		return safe;
	}

}
