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

package io.distributedtask.documentation;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import io.distributedtask.autoconfigure.DistributedTaskProperties;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TableRow;
import org.commonmark.node.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The figures of {@code docs/choosing-timeouts.md} are the defaults, and those that were
 * measured.
 */
class ChoosingTimeoutsPageTests {

	private static final Node PAGE = Documents.parse("docs/choosing-timeouts.md");

	@Test
	void theDefaultsAreThoseOfTheProperties() {
		Map<String, Duration> defaults = new LinkedHashMap<>();
		for (TableRow row : Documents.find(Documents.find(PAGE, TableBlock.class).get(0), TableRow.class)) {
			String name = Documents.plain(row.getFirstChild());
			if (name.contains("-") && !name.startsWith("spring.")) {
				defaults.put(name, DurationStyle.SIMPLE.parse(Documents.plain(row.getFirstChild().getNext())));
			}
		}
		Settings.properties("").run(Empty.class, (context) -> {
			DistributedTaskProperties properties = context.getBean(DistributedTaskProperties.class);
			assertThat(defaults).isEqualTo(Map.of("session-timeout", properties.sessionTimeout(), "heartbeat-interval",
					properties.heartbeatInterval(), "rebalance-timeout", properties.rebalanceTimeout(),
					"revoke-timeout", properties.revokeTimeout(), "rebalance-delay", properties.rebalanceDelay()));
		});
	}

	@ParameterizedTest
	@CsvSource({ "crash watch on, measured: 0.11 s, 0.11 (", "session 6 s, 5.88 s, 5.88 (",
			"session 6 s, 6.29 s, -6.29)", "defaults: session 45 s, 44.2 s, 44.21 (" })
	void whatIsSaidToBeMeasuredIsInTheMeasurements(String row, String here, String there) {
		assertThat(Documents.text("docs/choosing-timeouts.md")).contains(here);
		assertThat(Documents.text("docs/performance.md").lines())
			.anyMatch((line) -> line.contains(row) && line.contains(there));
	}

	@Configuration(proxyBeanMethods = false)
	static class Empty {

	}

}
