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

import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class LabelSelectorTests {

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "\t" })
	void emptyTextMatchesEveryInstance(String text) {
		assertThat(LabelSelector.parse(text).matches(Map.of())).isTrue();
		assertThat(LabelSelector.parse(text).matches(Map.of("zone", "eu"))).isTrue();
		assertThat(LabelSelector.parse(text)).hasToString("");
	}

	@Test
	void matchesInstancesWithAllLabels() {
		LabelSelector selector = LabelSelector.parse("zone=eu,disk=ssd");
		assertThat(selector.matches(Map.of("zone", "eu", "disk", "ssd", "rack", "7"))).isTrue();
		assertThat(selector.matches(Map.of("zone", "eu"))).isFalse();
		assertThat(selector.matches(Map.of("zone", "us", "disk", "ssd"))).isFalse();
		assertThat(selector.matches(Map.of())).isFalse();
	}

	@Test
	void takesWhatLabelsContainInTheWorld() {
		String text = "größe=XL 2,topology.kubernetes.io/zone=eu-west_1.a:b@c+d%e#f";
		assertThat(LabelSelector.parse(text)).hasToString(text);
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';', quoteCharacter = '§',
			value = { "zone==eu;=", "zone=eu||x;|", "zone!=eu;!", "zone=eu && disk=ssd;&", "zone=!eu;!", "zone=eu*;*",
					"zone=(eu);(", "zone=\"eu\";\"", "zone='eu';'", "zone=${zone};$", "zone>=3;>" })
	void refusesOperatorsOfOtherLanguages(String text, String operator) {
		assertThatIllegalArgumentException().isThrownBy(() -> LabelSelector.parse(text))
			.withMessageStartingWith("'%s' is not a label selector: ", text)
			.withMessageContaining("must not contain '%s'", operator);
	}

	@Test
	void aSelectorThatIsNotParsedIsCheckedToo() {
		assertThatIllegalArgumentException().isThrownBy(() -> new LabelSelector(Map.of("zone", "eu,us")))
			.withMessageContaining("must not contain ','");
		assertThatIllegalArgumentException().isThrownBy(() -> new LabelSelector(Map.of("", "eu")))
			.withMessageContaining("must not be empty");
	}

	@Test
	void ignoresSpacesOrderAndRepetition() {
		LabelSelector selector = LabelSelector.parse(" zone = eu , disk=ssd,zone=eu ");
		assertThat(selector).isEqualTo(LabelSelector.parse("disk=ssd,zone=eu")).hasToString("disk=ssd,zone=eu");
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';',
			value = { "eu;eu", "=eu;=eu", "zone=;zone=", "zone=eu,;''", ",zone=eu;''", "zone=eu,ssd;ssd" })
	void refusesWhatIsNoPair(String text, String part) {
		assertThatIllegalArgumentException().isThrownBy(() -> LabelSelector.parse(text))
			.withMessage("'%s' is not a label selector: '%s' is not of the form key=value", text, part);
	}

	@Test
	void refusesALabelWithTwoValues() {
		assertThatIllegalArgumentException().isThrownBy(() -> LabelSelector.parse("zone=eu,zone=us"))
			.withMessage("'zone=eu,zone=us' is not a label selector: label 'zone' cannot be 'eu' and 'us' at once");
	}

	@Test
	void cannotBeChangedFromOutside() {
		Map<String, String> labels = new HashMap<>(Map.of("zone", "eu"));
		LabelSelector selector = new LabelSelector(labels);
		labels.clear();
		assertThat(selector).hasToString("zone=eu");
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> selector.labels().put("zone", "us"));
	}

}
