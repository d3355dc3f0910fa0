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

package io.distributedtask.benchmarks.chart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Draws the tables of a Markdown page. A comment before a table says how, for example:
 *
 * <pre>
 * &lt;!-- chart file=images/hand-over.svg label=system,settings values=SIGTERM title="Hand-over" unit=seconds --&gt;
 * </pre>
 *
 * The {@code label} of a bar comes from the columns with these names, its length from the
 * first number in the columns of {@code values}: one series for each. {@code scale=log}
 * makes the axis logarithmic; {@code rows} is a regular expression for the labels of the
 * rows that are drawn, all if it is missing.
 */
public final class Charts {

	private static final Pattern COMMENT = Pattern.compile("<!-- chart (.*) -->");

	private static final Pattern SETTING = Pattern.compile("(\\w+)=(?:\"([^\"]*)\"|(\\S+))");

	private static final Pattern NUMBER = Pattern.compile("-?\\d[\\d,]*(?:\\.\\d+)?");

	private Charts() {
	}

	/**
	 * Draw all charts of a page.
	 * @param args the page; files are relative to its folder
	 * @throws IOException if it cannot be read, or a chart cannot be written
	 */
	public static void main(String[] args) throws IOException {
		Path page = Path.of(args[0]).toAbsolutePath();
		List<String> lines = Files.readAllLines(page);
		for (int i = 0; i < lines.size(); i++) {
			Matcher comment = COMMENT.matcher(lines.get(i));
			if (comment.matches()) {
				Map<String, String> settings = settings(comment.group(1));
				BarChart chart = chart(settings, table(lines.subList(i + 1, lines.size())));
				Files.writeString(page.resolveSibling(required(settings, "file")), chart.toSvg());
			}
		}
	}

	private static Map<String, String> settings(String text) {
		Map<String, String> settings = new HashMap<>();
		Matcher matcher = SETTING.matcher(text);
		while (matcher.find()) {
			settings.put(matcher.group(1), (matcher.group(2) != null) ? matcher.group(2) : matcher.group(3));
		}
		return settings;
	}

	private static String required(Map<String, String> settings, String name) {
		String value = settings.get(name);
		if (value == null) {
			throw new IllegalArgumentException("A chart needs '%s', and has only %s".formatted(name, settings));
		}
		return value;
	}

	private static List<List<String>> table(List<String> lines) {
		List<List<String>> rows = new ArrayList<>();
		for (String line : lines) {
			if (line.startsWith("|")) {
				String[] cells = line.substring(1).split("\\|");
				rows.add(Arrays.stream(cells).map((cell) -> cell.replace("*", "").replace("`", "").strip()).toList());
			}
			else if (!rows.isEmpty()) {
				break;
			}
		}
		return rows;
	}

	private static BarChart chart(Map<String, String> settings, List<List<String>> table) {
		List<String> header = table.get(0);
		List<Integer> labels = columns(header, required(settings, "label"));
		List<Integer> values = columns(header, required(settings, "values"));
		BarChart chart = new BarChart(required(settings, "title"), required(settings, "unit"),
				"log".equals(settings.get("scale")));
		for (List<String> row : table.subList(2, table.size())) {
			String label = String.join(", ", labels.stream().map(row::get).filter((cell) -> !cell.isEmpty()).toList());
			if (!label.matches(settings.getOrDefault("rows", ".*"))) {
				continue;
			}
			for (int column : values) {
				Double value = number(row.get(column));
				if (value != null) {
					chart.add(header.get(column), label, value);
				}
			}
		}
		return chart;
	}

	private static List<Integer> columns(List<String> header, String names) {
		return Arrays.stream(names.split(",")).map((name) -> {
			int column = header.indexOf(name.strip());
			if (column < 0) {
				throw new IllegalArgumentException("There is no column '%s' in %s".formatted(name, header));
			}
			return column;
		}).toList();
	}

	private static @Nullable Double number(String cell) {
		Matcher matcher = NUMBER.matcher(cell);
		return matcher.find() ? Double.valueOf(matcher.group().replace(",", "")) : null;
	}

}
