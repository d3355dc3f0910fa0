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

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.commonmark.node.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application starts with the settings that a document shows: they exist, and fit
 * together.
 */
@ExtendWith(OutputCaptureExtension.class)
class SettingsInDocumentsTests {

	@ParameterizedTest
	@MethodSource("blocks")
	void anApplicationStartsWithWhatADocumentShows(Block block, CapturedOutput output) {
		block.settings().run(Empty.class, (context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("has no effect on distributed tasks");
	}

	@Test
	void thereAreSome() {
		assertThat(blocks()).hasSizeGreaterThan(5);
	}

	static Stream<Block> blocks() {
		List<Block> blocks = new ArrayList<>();
		for (Path document : Documents.all()) {
			Node page = Documents.parse(document);
			Documents.blocks(page, "properties")
				.stream()
				.filter((text) -> text.contains("distributed-task."))
				.forEach((text) -> blocks.add(new Block(document, text, Settings.properties(text))));
			Documents.blocks(page, "yaml")
				.stream()
				.filter((text) -> text.startsWith("distributed-task:"))
				.forEach((text) -> blocks.add(new Block(document, text, Settings.yaml(text))));
			Documents.blocks(page, "sh")
				.stream()
				.filter((text) -> text.contains("export DISTRIBUTED"))
				.forEach((text) -> blocks.add(new Block(document, text, Settings.exports(text))));
		}
		return blocks.stream();
	}

	record Block(Path document, String text, Settings settings) {

		@Override
		public String toString() {
			return Documents.ROOT.relativize(this.document) + ": " + this.text.lines().findFirst().orElse("");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Empty {

	}

}
