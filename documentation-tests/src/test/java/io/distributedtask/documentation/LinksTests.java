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

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every link from one of our files to another one, and to a heading, leads somewhere.
 */
class LinksTests {

	private static final Pattern ADDRESS = Pattern.compile("[a-z]+:.*");

	private final Map<Path, Set<String>> anchors = new HashMap<>();

	@Test
	void everyRelativeLinkLeadsToAFileAndAHeading() {
		List<Path> documents = Documents.all();
		assertThat(documents).contains(Documents.ROOT.resolve("README.md"), Documents.ROOT.resolve("CONTRIBUTING.md"))
			.hasSizeGreaterThan(30);
		List<String> broken = new ArrayList<>();
		int links = 0;
		for (Path document : documents) {
			for (String target : targets(Documents.parse(document))) {
				links++;
				String problem = problem(document, target);
				if (problem != null) {
					broken.add("%s: %s: %s".formatted(Documents.ROOT.relativize(document), target, problem));
				}
			}
		}
		assertThat(links).isGreaterThan(100);
		assertThat(broken).isEmpty();
	}

	@Test
	void anchorsAreThoseOfGitHub() {
		assertThat(Documents.anchor("Who held what, and when: `isOwned()`"))
			.isEqualTo("who-held-what-and-when-isowned");
		assertThat(Documents.anchor("6. A_b-c")).isEqualTo("6-a_b-c");
	}

	private static List<String> targets(Node document) {
		return Stream
			.concat(Documents.find(document, Link.class).stream().map(Link::getDestination),
					Documents.find(document, Image.class).stream().map(Image::getDestination))
			.filter((target) -> !ADDRESS.matcher(target).matches())
			.toList();
	}

	private String problem(Path document, String target) {
		String[] parts = target.split("#", 2);
		Path file = parts[0].isEmpty() ? document : document.resolveSibling(parts[0]).normalize();
		if (!file.startsWith(Documents.ROOT) || !Files.exists(file)) {
			return "no such file";
		}
		if (parts.length == 2 && !anchors(file).contains(parts[1])) {
			return "no such heading, there are " + anchors(file);
		}
		return null;
	}

	private Set<String> anchors(Path file) {
		return this.anchors.computeIfAbsent(file, (it) -> {
			Set<String> found = new HashSet<>();
			for (Heading heading : Documents.find(Documents.parse(it), Heading.class)) {
				String anchor = Documents.anchor(Documents.plain(heading));
				String unique = anchor;
				for (int i = 1; !found.add(unique); i++) {
					unique = anchor + "-" + i;
				}
			}
			return found;
		});
	}

}
