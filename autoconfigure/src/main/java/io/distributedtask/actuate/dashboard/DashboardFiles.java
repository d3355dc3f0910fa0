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
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.util.MimeType;

/**
 * The files of the page. Only those that are named here are served, so no path leads
 * anywhere else.
 */
final class DashboardFiles {

	static final String SCRIPT = "text/javascript";

	static final String STYLE = "text/css";

	static final String IMAGE = "image/svg+xml";

	private static final String PAGE = "index.html";

	private static final Map<String, MimeType> TYPES = Map.ofEntries(Map.entry("actions.js", utf8(SCRIPT)),
			Map.entry("api.js", utf8(SCRIPT)), Map.entry("details.js", utf8(SCRIPT)), Map.entry("dom.js", utf8(SCRIPT)),
			Map.entry("drag.js", utf8(SCRIPT)), Map.entry("errors.js", utf8(SCRIPT)),
			Map.entry("head.js", utf8(SCRIPT)), Map.entry("history.js", utf8(SCRIPT)),
			Map.entry("live.js", utf8(SCRIPT)), Map.entry("main.js", utf8(SCRIPT)),
			Map.entry("matrix.js", utf8(SCRIPT)), Map.entry("model.js", utf8(SCRIPT)),
			Map.entry("timeline.js", utf8(SCRIPT)), Map.entry("style.css", utf8(STYLE)),
			Map.entry("icon.svg", utf8(IMAGE)));

	private DashboardFiles() {
	}

	private static MimeType utf8(String type) {
		return new MimeType(MimeType.valueOf(type), StandardCharsets.UTF_8);
	}

	/**
	 * The type of a file.
	 * @param name its name
	 * @return the type, {@code null} if there is no such file
	 */
	static @Nullable MimeType type(String name) {
		return TYPES.get(name);
	}

	static Resource file(String name) {
		return new ClassPathResource(name, DashboardFiles.class);
	}

	/**
	 * The page itself.
	 * @param values what takes the place of {@code @name@}
	 * @return the page
	 */
	static String page(Map<String, String> values) {
		try {
			String page = file(PAGE).getContentAsString(StandardCharsets.UTF_8);
			for (Map.Entry<String, String> value : values.entrySet()) {
				page = page.replace("@" + value.getKey() + "@", escape(value.getValue()));
			}
			return page;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String escape(String text) {
		return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
	}

	static class Hints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.resources().registerPattern("io/distributedtask/actuate/dashboard/*");
		}

	}

}
