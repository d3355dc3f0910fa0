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

package io.distributedtask.broker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * One node in a process of its own, so that it can be killed or frozen. It stops in order
 * when it is told to (SIGTERM), and at once when its standard input ends, that is, when
 * the process that started it is gone.
 */
public final class BrokerMain {

	/** The line on standard output that says that the node serves. */
	public static final String READY = "ready";

	private BrokerMain() {
	}

	/**
	 * Start a node.
	 * @param args the id of the cluster, and a file with the properties of the node, as
	 * {@link NodeLayout#properties} names them
	 * @throws IOException if the file cannot be read
	 */
	public static void main(String[] args) throws IOException {
		haltAtEndOf(System.in);
		BrokerNode node = new BrokerNode(args[0], read(Path.of(args[1])), List.of());
		Runtime.getRuntime().addShutdownHook(new Thread(node::stop, "stop"));
		try {
			node.start();
			System.out.println(READY);
		}
		catch (IllegalStateException ex) {
			ex.printStackTrace();
			// threads of a node that is half started may keep the process alive
			Runtime.getRuntime().halt(1);
		}
	}

	private static Map<String, String> read(Path file) throws IOException {
		Properties properties = new Properties();
		try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
			properties.load(reader);
		}
		return properties.stringPropertyNames()
			.stream()
			.collect(Collectors.toMap((name) -> name, properties::getProperty));
	}

	private static void haltAtEndOf(InputStream in) {
		Thread thread = new Thread(() -> {
			try {
				in.transferTo(OutputStream.nullOutputStream());
			}
			catch (IOException ex) {
				// as good an end as any
			}
			Runtime.getRuntime().halt(1);
		}, "parent-watch");
		thread.setDaemon(true);
		thread.start();
	}

}
