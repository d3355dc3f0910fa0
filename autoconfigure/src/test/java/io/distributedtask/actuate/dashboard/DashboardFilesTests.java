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

package io.distributedtask.actuate.dashboard;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DashboardFiles}.
 */
class DashboardFilesTests {

	private static final String FOLDER = "io/distributedtask/actuate/dashboard/";

	@Test
	void everyFileButThePageIsServedUnderItsName() throws IOException {
		assertThat(names()).contains("index.html", "main.js", "style.css");
		assertThat(names()).filteredOn((name) -> !name.equals("index.html"))
			.allSatisfy((name) -> assertThat(DashboardFiles.type(name)).isNotNull());
		assertThat(DashboardFiles.type("index.html")).isNull();
	}

	@Test
	void scriptsImportOnlyFilesThatAreServed() throws IOException {
		Pattern imported = Pattern.compile("from '\\./([^']+)'");
		for (String name : names()) {
			imported.matcher(content(name))
				.results()
				.forEach((result) -> assertThat(DashboardFiles.type(result.group(1))).as(result.group()).isNotNull());
		}
	}

	@Test
	void nothingIsLoadedFromElsewhere() throws IOException {
		for (String name : names()) {
			assertThat(content(name).replace("http://www.w3.org/2000/svg", "")).as(name)
				.doesNotContain("http://", "'//", "\"//", "@import");
		}
	}

	@Test
	void pageHasNeitherScriptNorStyleInside() {
		String page = DashboardFiles.page(Map.of());
		assertThat(page).doesNotContainPattern("<script(?![^>]*src=)")
			.doesNotContain("<style")
			.doesNotContainPattern("\\s(style|on[a-z]+)=");
	}

	@Test
	void scriptsNeverMakeMarkupOfText() throws IOException {
		for (String name : names()) {
			assertThat(content(name)).as(name)
				.doesNotContainPattern("(innerHTML|outerHTML) *=[^=]")
				.doesNotContain("insertAdjacentHTML", "document.write", "eval(", "new Function");
		}
	}

	@Test
	void valuesCannotLeaveTheirAttribute() {
		assertThat(DashboardFiles.page(Map.of("self", "\"><script>&"))).contains("\"&quot;>&lt;script>&amp;\"");
	}

	@Test
	void filesAreKnownToNativeImages() throws IOException {
		RuntimeHints hints = new RuntimeHints();
		new DashboardFiles.Hints().registerHints(hints, getClass().getClassLoader());
		assertThat(names()).allSatisfy(
				(name) -> assertThat(RuntimeHintsPredicates.resource().forResource(FOLDER + name)).accepts(hints));
	}

	private static TreeSet<String> names() throws IOException {
		TreeSet<String> names = new TreeSet<>();
		Stream.of(new PathMatchingResourcePatternResolver().getResources("classpath*:" + FOLDER + "*.*"))
			.map(Resource::getFilename)
			.map(Objects::requireNonNull)
			.filter((name) -> !name.endsWith(".class"))
			.forEach(names::add);
		return names;
	}

	private static String content(String name) throws IOException {
		return DashboardFiles.file(name).getContentAsString(StandardCharsets.UTF_8);
	}

}
