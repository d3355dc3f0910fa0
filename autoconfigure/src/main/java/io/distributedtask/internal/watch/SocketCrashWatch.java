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

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

import javax.net.ssl.SSLEngine;

import io.distributedtask.Membership;
import io.distributedtask.internal.message.Watched;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.CrashWatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches processes by TCP connections, with one thread. The kernel closes the
 * connections of a process that has ended, however it ended, and refuses new ones.
 * <p>
 * The listening socket is closed by {@link #close()} or with the process, and by nothing
 * else, whatever fails: its end is what others take as a proof.
 */
public final class SocketCrashWatch implements CrashWatch {

	private static final Logger logger = LoggerFactory.getLogger(SocketCrashWatch.class);

	/** Between two looks at the listening socket. */
	private static final Duration LONGEST_REST = Duration.ofSeconds(30);

	/** After a failure that was not expected. */
	private static final long PAUSE = 100;

	private final String groupId;

	private final Supplier<InetAddress> bindAddress;

	private final int port;

	private final Transport.Factory transports;

	private final Clocks clocks;

	private final SecureRandom random = new SecureRandom();

	private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();

	private final Map<Watched, Neighbor> neighbors = new HashMap<>();

	private final Reception reception;

	/** Those that may not be closed; held, so that nothing else closes them either. */
	private final List<Connection> abandoned = new ArrayList<>();

	private volatile @Nullable Selector selector;

	private volatile String incarnation = "";

	private volatile @Nullable Listener listener;

	private volatile @Nullable String address;

	private volatile @Nullable String problem;

	private volatile boolean closed;

	private volatile Membership.Watch status = new Membership.Watch(null, List.of(), 0, "it is not open yet");

	/**
	 * Create a watch. Does no I/O and starts no thread.
	 * @param groupId the group, for the name of its thread
	 * @param bindAddress the address at which to listen, and at which others reach it
	 * @param port the port, 0 for any
	 * @param ssl makes an engine for a client ({@code true}) or a server, {@code null}
	 * for connections without TLS
	 */
	public SocketCrashWatch(String groupId, Supplier<InetAddress> bindAddress, int port, @Nullable SslEngines ssl) {
		this(groupId, bindAddress, port,
				(ssl != null) ? (channel, isClient) -> new TlsTransport(channel, ssl.create(isClient))
						: (channel, isClient) -> new PlainTransport(channel),
				Clocks.SYSTEM);
	}

	SocketCrashWatch(String groupId, Supplier<InetAddress> bindAddress, int port, Transport.Factory transports,
			Clocks clocks) {
		this.groupId = groupId;
		this.bindAddress = bindAddress;
		this.port = port;
		this.transports = transports;
		this.clocks = clocks;
		this.reception = new Reception(this, clocks);
	}

	@Override
	public synchronized @Nullable String open(String incarnation, Listener listener) {
		this.listener = listener;
		this.incarnation = incarnation;
		if (this.address != null && !this.reception.isOpen()) {
			// other code has closed it: the port is free when its thread has let go of it
			submit(() -> {
			});
			return null;
		}
		if (!this.closed && !this.reception.isOpen()) {
			try {
				listen();
			}
			catch (IOException | RuntimeException ex) {
				failed(ex);
			}
		}
		return this.address;
	}

	private void listen() throws IOException {
		this.reception.open(new InetSocketAddress(this.bindAddress.get(), this.port));
		if (this.selector == null) {
			start();
		}
		this.address = WatchAddress.text(this.reception.local());
		this.problem = null;
		logger.info("The crash watch of group '{}' listens at {}", this.groupId, this.address);
		submit(this::receive);
	}

	private void failed(Exception ex) {
		String problem = "Others cannot watch this instance, for it cannot listen at port %d of %s: %s. Check "
				+ "'distributed-task.watch.port' and 'distributed-task.watch.bind-address'";
		problem = problem.formatted(this.port, host(), ex.getMessage());
		this.address = null;
		if (!problem.equals(this.problem)) {
			this.problem = problem;
			logger.error("{}", problem);
			this.status = new Membership.Watch(null, this.status.watching(), this.status.watchers(), problem);
		}
	}

	private String host() {
		try {
			return this.bindAddress.get().getHostAddress();
		}
		catch (RuntimeException ex) {
			return "this host";
		}
	}

	private void start() throws IOException {
		Selector opened = Selector.open();
		this.selector = opened;
		Thread thread = new Thread(() -> run(opened), "distributed-task-watch-" + this.groupId);
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void watch(Collection<Watched> members) {
		List<Watched> next = members.stream().limit(Watched.MOST).toList();
		submit(() -> watchOnly(next));
	}

	@Override
	public void nudge() {
		submit(() -> this.reception.visitors().forEach(Visitor::nudge));
	}

	@Override
	public Membership.Watch status() {
		return this.status;
	}

	@Override
	public void close() {
		this.closed = true;
		Selector current = this.selector;
		if (current != null) {
			current.wakeup();
		}
	}

	/**
	 * An instance that could never listen takes no part, and there is nothing to be done.
	 */
	private void submit(Runnable command) {
		Selector current = this.selector;
		if (current != null) {
			this.commands.add(command);
			current.wakeup();
		}
	}

	/*
	 * The thread of the watch.
	 */

	private void run(Selector selector) {
		try {
			while (!this.closed) {
				try {
					turn(selector);
				}
				catch (Throwable ex) {
					survived(ex);
				}
			}
		}
		finally {
			participants().forEach(Participant::close);
			this.reception.close();
			Sockets.close(selector);
		}
	}

	/**
	 * This thread goes on, whatever is thrown, even if logging it fails.
	 */
	private void survived(Throwable failure) {
		try {
			logger.error("A turn of the crash watch has failed", failure);
			TimeUnit.MILLISECONDS.sleep(PAUSE);
		}
		catch (Throwable ex) {
			// there is no way to report it, and an interrupt has no meaning here
		}
	}

	private void turn(Selector selector) throws IOException {
		long now = this.clocks.nanos();
		long wait = participants().map(Participant::deadline)
			.filter((it) -> it != Long.MAX_VALUE)
			.mapToLong((it) -> it - now)
			.min()
			.orElse(LONGEST_REST.toNanos());
		wait = Math.min(wait, this.reception.rest(now));
		if (wait <= 0) {
			selector.selectNow();
		}
		else {
			selector.select(TimeUnit.NANOSECONDS.toMillis(wait) + 1);
		}
		for (SelectionKey key : selector.selectedKeys()) {
			if (key.isValid() && key.attachment() instanceof Participant participant) {
				participant.ready();
			}
			else if (key.isValid()) {
				this.reception.acceptAll(selector);
			}
		}
		selector.selectedKeys().clear();
		Runnable command = this.commands.poll();
		while (command != null) {
			command.run();
			command = this.commands.poll();
		}
		long later = this.clocks.nanos();
		participants().filter((it) -> it.deadline() != Long.MAX_VALUE && it.deadline() - later <= 0)
			.toList()
			.forEach(Participant::deadlineReached);
		this.reception.lookAfter(selector, later);
		lookAfterListener();
	}

	private Stream<Participant> participants() {
		return Stream.concat(List.copyOf(this.neighbors.values()).stream(), this.reception.visitors().stream());
	}

	private void receive() {
		Selector current = this.selector;
		if (current != null) {
			this.reception.register(current);
		}
		changed();
	}

	/**
	 * Nothing in this library closes it, but other code in this process may.
	 */
	private void lookAfterListener() {
		if (this.address != null && !this.reception.isOpen() && !this.closed) {
			this.address = null;
			this.problem = "The socket at which others watch this instance was closed by other code in this process";
			logger.error("{}: it is opened again", this.problem);
			changed();
			listener().closed();
		}
	}

	private void watchOnly(List<Watched> members) {
		this.neighbors.values().removeIf((neighbor) -> {
			boolean isOver = !members.contains(neighbor.member());
			if (isOver) {
				neighbor.close();
			}
			return isOver;
		});
		Selector current = this.selector;
		for (Watched member : members) {
			if (!this.neighbors.containsKey(member) && current != null) {
				try {
					Neighbor neighbor = new Neighbor(member, this, current, this.clocks);
					this.neighbors.put(member, neighbor);
					neighbor.deadlineReached();
				}
				catch (IllegalArgumentException ex) {
					logger.warn("Instance '{}' cannot be watched: {}", member.instance(), ex.getMessage());
				}
			}
		}
		changed();
	}

	void changed() {
		this.status = new Membership.Watch(this.address,
				this.neighbors.values().stream().map(Neighbor::status).toList(), this.reception.watchers(),
				this.problem);
	}

	/**
	 * Whatever it leads to ends no connection: those at the other end would take that for
	 * a sign.
	 */
	void nudged() {
		try {
			listener().nudged();
		}
		catch (RuntimeException ex) {
			logger.debug("A nudge has led to nothing", ex);
		}
	}

	Listener listener() {
		Listener current = this.listener;
		if (current == null) {
			throw new IllegalStateException("not open");
		}
		return current;
	}

	String incarnation() {
		return this.incarnation;
	}

	Transport.Factory transports() {
		return this.transports;
	}

	long nextChallenge() {
		return this.random.nextLong();
	}

	/**
	 * While nobody listens, a watcher would take the end of its connection for that of
	 * the process.
	 */
	boolean mayClose() {
		return this.closed || this.reception.isOpen();
	}

	void abandon(Connection connection) {
		connection.abandon();
		this.abandoned.add(connection);
	}

	/**
	 * Makes engines for TLS.
	 */
	public interface SslEngines {

		/**
		 * Make an engine for one connection.
		 * @param isClient whether this side has connected
		 */
		SSLEngine create(boolean isClient);

	}

}
