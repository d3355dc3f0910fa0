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

package io.distributedtask.faults.processes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds ports for those that come and go. While they are gone nobody else may get them,
 * so they are below the range from which systems give ports to connections: otherwise a
 * connection to a broker that is gone could even meet itself.
 */
final class FreePorts {

	private static final int FIRST = 15_000;

	private static final int END = 32_000;

	private FreePorts() {
	}

	static List<Integer> find(int count) {
		List<Integer> ports = new ArrayList<>();
		int first = ThreadLocalRandom.current().nextInt(FIRST, END);
		for (int i = 0; ports.size() < count && i < END - FIRST; i++) {
			int port = FIRST + (first - FIRST + i) % (END - FIRST);
			if (isFree(port)) {
				ports.add(port);
			}
		}
		if (ports.size() < count) {
			throw new IllegalStateException("Found only %d of %d free ports".formatted(ports.size(), count));
		}
		return ports;
	}

	private static boolean isFree(int port) {
		try {
			InetAddress loopback = InetAddress.getByName("127.0.0.1");
			new ServerSocket(port, 1, loopback).close();
			return true;
		}
		catch (java.net.BindException ex) {
			return false;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
