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

package io.distributedtask.internal.watch;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of an IP address and a port.
 */
final class WatchAddress {

	/** Digits only: a name would be looked up, and another member has chosen it. */
	private static final Pattern TEXT = Pattern.compile("(?:([0-9.]{7,15})|\\[([0-9a-fA-F:.]{2,45})]):([0-9]{1,5})");

	private static final int MAX_PORT = 65_535;

	private WatchAddress() {
	}

	static String text(InetSocketAddress address) {
		String ip = address.getAddress().getHostAddress();
		int scope = ip.indexOf('%');
		ip = (scope < 0) ? ip : ip.substring(0, scope);
		return (ip.contains(":") ? "[" + ip + "]" : ip) + ":" + address.getPort();
	}

	/**
	 * Read an address.
	 * @param text the text
	 * @return the address
	 * @throws IllegalArgumentException if it is none
	 */
	static InetSocketAddress parse(String text) {
		Matcher matcher = TEXT.matcher(text);
		if (!matcher.matches()) {
			throw new IllegalArgumentException("'%s' is not an IP address and a port".formatted(text));
		}
		String ip = (matcher.group(1) != null) ? matcher.group(1) : matcher.group(2);
		int port = Integer.parseInt(matcher.group(3));
		try {
			if (port > 0 && port <= MAX_PORT) {
				return new InetSocketAddress(InetAddress.getByName(ip), port);
			}
		}
		catch (UnknownHostException ex) {
			throw new IllegalArgumentException("'%s' is not an IP address".formatted(ip), ex);
		}
		throw new IllegalArgumentException("%d is not a port".formatted(port));
	}

}
