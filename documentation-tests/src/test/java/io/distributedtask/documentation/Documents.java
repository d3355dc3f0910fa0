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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Node;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;

/**
 * The Markdown files of the repository.
 */
final class Documents {

	static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	/** Folders with files that are made, or that tools have brought. */
	private static final Set<String> FOREIGN = Set.of("target", "node_modules", ".git", "dist", ".vitepress");

	private static final List<Extension> TABLES = List.of(TablesExtension.create());

	private static final Pattern NOT_IN_ANCHOR = Pattern.compile("[^\\p{L}\\p{N}\\p{M}_ -]");

	private Documents() {
	}

	static List<Path> all() {
		try (Stream<Path> files = Files.find(ROOT, 12, (file, attributes) -> file.toString().endsWith(".md"))) {
			return files
				.filter((file) -> Stream.iterate(file, Path::getParent)
					.takeWhile((part) -> !part.equals(ROOT))
					.noneMatch((part) -> FOREIGN.contains(part.getFileName().toString())))
				.sorted()
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static String text(String file) {
		return text(ROOT.resolve(file));
	}

	static String text(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static Node parse(Path file) {
		return Parser.builder().extensions(TABLES).build().parse(text(file));
	}

	static Node parse(String file) {
		return parse(ROOT.resolve(file));
	}

	/**
	 * All nodes of a type.
	 */
	static <T extends Node> List<T> find(Node document, Class<T> type) {
		List<T> found = new ArrayList<>();
		walk(document, (node) -> {
			if (type.isInstance(node)) {
				found.add(type.cast(node));
			}
		});
		return found;
	}

	/**
	 * The content of code blocks in a language.
	 */
	static List<String> blocks(Node document, String language) {
		return find(document, FencedCodeBlock.class).stream()
			.filter((block) -> language.equals(block.getInfo()))
			.map(FencedCodeBlock::getLiteral)
			.toList();
	}

	private static void walk(Node node, Consumer<Node> action) {
		action.accept(node);
		for (Node child = node.getFirstChild(); child != null; child = child.getNext()) {
			walk(child, action);
		}
	}

	/**
	 * What a reader sees of a node, without marks.
	 */
	static String plain(Node node) {
		StringBuilder text = new StringBuilder();
		node.accept(new AbstractVisitor() {

			@Override
			public void visit(Text part) {
				text.append(part.getLiteral());
			}

			@Override
			public void visit(Code part) {
				text.append(part.getLiteral());
			}

			@Override
			public void visit(SoftLineBreak part) {
				text.append(' ');
			}

		});
		return text.toString();
	}

	/**
	 * The anchor of a heading, by GitHub's rule, which the documentation site follows.
	 */
	static String anchor(String heading) {
		return NOT_IN_ANCHOR.matcher(heading.toLowerCase()).replaceAll("").replace(' ', '-');
	}

}
