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

package io.distributedtask.faults.history;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;

/**
 * Keeps what was under test beside the history, so that it can be checked again.
 *
 * @param group what was under test
 * @param seed the seed of the run
 */
public record GroupFile(GroupUnderTest group, long seed) {

	private static final String NAME = "group.properties";

	/**
	 * Write the file.
	 * @param folder the folder of the history
	 * @param group what is under test
	 * @param seed the seed of the run
	 */
	public static void write(Path folder, GroupUnderTest group, long seed) {
		Properties properties = new Properties();
		properties.setProperty("heartbeat-interval", group.heartbeatInterval().toString());
		properties.setProperty("session-timeout", group.sessionTimeout().toString());
		properties.setProperty("rebalance-timeout", group.rebalanceTimeout().toString());
		properties.setProperty("revoke-timeout", group.revokeTimeout().toString());
		properties.setProperty("shards", String.valueOf(group.shards()));
		properties.setProperty("static-members", String.valueOf(group.staticMembers()));
		properties.setProperty("seed", String.valueOf(seed));
		try (Writer out = Files.newBufferedWriter(folder.resolve(NAME))) {
			properties.store(out, null);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public static GroupFile read(Path folder) {
		Properties properties = new Properties();
		try (Reader in = Files.newBufferedReader(folder.resolve(NAME))) {
			properties.load(in);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		GroupUnderTest group = new GroupUnderTest(time(properties, "heartbeat-interval"),
				time(properties, "session-timeout"), time(properties, "rebalance-timeout"),
				time(properties, "revoke-timeout"), Integer.parseInt(properties.getProperty("shards")),
				Boolean.parseBoolean(properties.getProperty("static-members")));
		return new GroupFile(group, Long.parseLong(properties.getProperty("seed")));
	}

	private static Duration time(Properties properties, String key) {
		return Duration.parse(properties.getProperty(key));
	}

}
