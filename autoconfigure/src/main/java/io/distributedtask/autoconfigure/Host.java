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

package io.distributedtask.autoconfigure;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.NestedExceptionUtils;
import org.springframework.util.StringUtils;

/**
 * The name and the address of this machine. Looked up once, on a thread of its own: a
 * name service that does not answer delays nobody for longer than {@link #PATIENCE}.
 */
final class Host {

	private static final Logger logger = LoggerFactory.getLogger(Host.class);

	/** From when this is created. */
	static final Duration PATIENCE = Duration.ofSeconds(1);

	private static final String FALLBACK = "localhost";

	/** What Linux calls the host, for which no name service is needed. */
	private static final Path KERNEL_NAME = Path.of("/proc/sys/kernel/hostname");

	/** Networks of containers and virtual machines within this one. */
	private static final Pattern INNER = Pattern
		.compile("(docker|br-|veth|virbr|vmnet|vboxnet|cni|flannel|cali|lxc).*");

	private final CompletableFuture<String> name = new CompletableFuture<>();

	private final CompletableFuture<Optional<String>> address = new CompletableFuture<>();

	Host() {
		this(Host::knownName, () -> InetAddress.getLocalHost().getHostName(), Host::reachableAddress);
	}

	/**
	 * Create a host.
	 * @param knownName the name, if it is known without asking anybody
	 * @param lookup finds the name otherwise; may block
	 * @param address the address at which others reach the host, if there is one; may
	 * block
	 */
	Host(Supplier<@Nullable String> knownName, Callable<String> lookup, Callable<Optional<String>> address) {
		String known = knownName.get();
		if (known != null) {
			this.name.complete(known);
		}
		this.name.completeOnTimeout(FALLBACK, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
		this.address.completeOnTimeout(Optional.empty(), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
		start("distributed-task-address", () -> this.address.complete(ask(address, Optional.empty())));
		if (known == null) {
			start("distributed-task-host", () -> this.name.complete(ask(lookup, FALLBACK)));
		}
	}

	private static void start(String name, Runnable lookup) {
		Thread thread = new Thread(lookup, name);
		thread.setDaemon(true);
		thread.start();
	}

	private static <T> T ask(Callable<T> lookup, T fallback) {
		try {
			return lookup.call();
		}
		catch (Exception | LinkageError ex) {
			logger.debug("Taking {} instead: {}", fallback, NestedExceptionUtils.getMostSpecificCause(ex).toString());
			return fallback;
		}
	}

	/**
	 * The name of this machine.
	 * @return the name, or {@code localhost} if nobody has told it in time
	 */
	String name() {
		return this.name.join();
	}

	/**
	 * An address at which others are likely to reach this machine.
	 * @return the address, or {@code null} if there is none, or it is not known yet; see
	 * {@link #await()}
	 */
	@Nullable String address() {
		return this.address.getNow(Optional.empty()).orElse(null);
	}

	/**
	 * Wait until name and address are known, or will not be.
	 */
	void await() {
		this.name.join();
		this.address.join();
	}

	private static @Nullable String knownName() {
		try {
			String name = Files.readString(KERNEL_NAME, StandardCharsets.UTF_8).strip();
			if (!name.isEmpty()) {
				return name;
			}
		}
		catch (IOException | RuntimeException ex) {
			logger.trace("Not on Linux", ex);
		}
		return Stream.of("HOSTNAME", "COMPUTERNAME")
			.map(System::getenv)
			.filter(StringUtils::hasText)
			.findFirst()
			.orElse(null);
	}

	private static Optional<String> reachableAddress() throws SocketException {
		return choose(
				Collections.list(NetworkInterface.getNetworkInterfaces()).stream().filter(Host::isUp).flatMap((it) -> {
					int penalty = isInner(it) ? 1 : 0;
					return it.inetAddresses().map((address) -> new Candidate(address, penalty, it.getIndex()));
				}));
	}

	private static boolean isUp(NetworkInterface candidate) {
		try {
			return candidate.isUp() && !candidate.isLoopback();
		}
		catch (SocketException ex) {
			return false;
		}
	}

	private static boolean isInner(NetworkInterface candidate) {
		try {
			return candidate.isPointToPoint() || INNER.matcher(candidate.getName()).matches();
		}
		catch (SocketException ex) {
			return false;
		}
	}

	/**
	 * Choose an address: rather one of the network around the host than one within it,
	 * rather a site-local one of IPv4 than another, then that of the first interface.
	 * @param candidates the addresses of the host
	 * @return the address, if there is one that others may reach
	 */
	static Optional<String> choose(Stream<Candidate> candidates) {
		return candidates.filter((candidate) -> isPublic(candidate.address()))
			.min(Comparator.comparingInt(Candidate::penalty)
				.thenComparing((candidate) -> !(candidate.address() instanceof Inet4Address))
				.thenComparing((candidate) -> !candidate.address().isSiteLocalAddress())
				.thenComparingInt(Candidate::index))
			.map((candidate) -> withoutScope(candidate.address().getHostAddress()));
	}

	private static boolean isPublic(InetAddress address) {
		return !address.isLoopbackAddress() && !address.isLinkLocalAddress() && !address.isAnyLocalAddress()
				&& !address.isMulticastAddress();
	}

	private static String withoutScope(String address) {
		int scope = address.indexOf('%');
		return (scope < 0) ? address : address.substring(0, scope);
	}

	/**
	 * An address of this machine.
	 *
	 * @param address the address
	 * @param penalty how unlikely it is that others reach it
	 * @param index the index of its interface
	 */
	record Candidate(InetAddress address, int penalty, int index) {
	}

}
