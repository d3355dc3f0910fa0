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

package io.distributedtask.faults.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that moves the bytes of all links, so that no lock is needed and a
 * change of a link has an instant at which it happens.
 */
public final class LinkLoop implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(LinkLoop.class);

	private static final int BUFFER_SIZE = 64 * 1024;

	private static final Consumer<SelectionKey> READY = (key) -> ((Runnable) key.attachment()).run();

	private final Selector selector;

	private final Thread thread;

	private final Queue<Task> tasks = new ConcurrentLinkedQueue<>();

	private final Set<Link> links = new HashSet<>();

	private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE);

	private volatile boolean closed;

	private LinkLoop() throws IOException {
		this.selector = Selector.open();
		this.thread = new Thread(this::loop, "links");
		this.thread.setDaemon(true);
	}

	public static LinkLoop start() {
		try {
			LinkLoop loop = new LinkLoop();
			loop.thread.start();
			return loop;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not open a selector", ex);
		}
	}

	/**
	 * Open a link.
	 * @param port the port on 127.0.0.1 where clients connect, 0 for any free one
	 * @param brokerPort the port on 127.0.0.1 to which the link leads
	 * @return the link, which is healthy
	 */
	public Link open(int port, int brokerPort) {
		try {
			Link link = new Link(this, port, brokerPort);
			call(() -> {
				link.listen();
				this.links.add(link);
			});
			return link;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not listen at port " + port, ex);
		}
	}

	/**
	 * Do something on the loop's thread, and wait until it is done and the sockets that
	 * it closed are closed.
	 */
	void call(Runnable action) {
		Task task = new Task(action, new CompletableFuture<>());
		this.tasks.add(task);
		if (this.closed) {
			// the thread may be past its last look at the tasks
			task.done.complete(null);
		}
		this.selector.wakeup();
		task.done.join();
	}

	Selector selector() {
		return this.selector;
	}

	ByteBuffer buffer() {
		return this.buffer.clear();
	}

	private void loop() {
		try {
			while (!this.closed) {
				long nanos = pump();
				select(this.tasks.isEmpty() ? nanos : 0);
				runTasks();
			}
		}
		catch (Exception ex) {
			logger.error("Links have stopped", ex);
		}
		finally {
			this.closed = true;
			this.links.forEach(Link::shut);
			closeSelector();
			for (Task task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
				task.done.complete(null);
			}
		}
	}

	private long pump() {
		long now = System.nanoTime();
		long wait = Long.MAX_VALUE;
		for (Link link : this.links) {
			wait = Math.min(wait, link.pump(now));
		}
		return wait;
	}

	private void select(long nanos) throws IOException {
		if (nanos == 0) {
			this.selector.selectNow(READY);
		}
		else if (nanos == Long.MAX_VALUE) {
			this.selector.select(READY);
		}
		else {
			this.selector.select(READY, TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
		}
	}

	private void runTasks() throws IOException {
		List<Runnable> answers = new ArrayList<>();
		for (Task task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
			answers.add(task.run());
		}
		if (!answers.isEmpty()) {
			pump();
			// a channel that was closed is closed for good by the next selection only
			select(0);
			answers.forEach(Runnable::run);
		}
	}

	private void closeSelector() {
		try {
			this.selector.close();
		}
		catch (IOException ex) {
			logger.warn("Could not close the selector", ex);
		}
	}

	@Override
	public void close() {
		this.closed = true;
		this.selector.wakeup();
		try {
			this.thread.join();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Something to do on the loop's thread, and how to say that it is done.
	 */
	private record Task(Runnable action, CompletableFuture<Void> done) {

		Runnable run() {
			try {
				this.action.run();
				return () -> this.done.complete(null);
			}
			catch (RuntimeException ex) {
				return () -> this.done.completeExceptionally(ex);
			}
		}

	}

}
