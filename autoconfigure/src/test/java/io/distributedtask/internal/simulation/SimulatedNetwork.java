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

package io.distributedtask.internal.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Connections between instances and the broker. What is sent over one connection arrives
 * in order or not at all, each message in its own time. The broker does not read the next
 * request of a connection before it has answered the last one.
 */
public final class SimulatedNetwork {

	private final VirtualTime time;

	private final Random random;

	private final Set<Link> links = new LinkedHashSet<>();

	private long fastestNanos = VirtualTime.millis(1);

	private long slowestNanos = VirtualTime.millis(2);

	private double loss;

	private boolean brokerReachable = true;

	public SimulatedNetwork(VirtualTime time, Random random) {
		this.time = time;
		this.random = random;
	}

	void delays(long fastestMillis, long slowestMillis) {
		this.fastestNanos = VirtualTime.millis(fastestMillis);
		this.slowestNanos = VirtualTime.millis(slowestMillis);
	}

	/**
	 * Set how often a message is lost, and its connection with it.
	 * @param loss a probability
	 */
	void loss(double loss) {
		this.loss = loss;
	}

	public Link link(SimulatedProcess process) {
		Link link = new Link(process);
		this.links.add(link);
		return link;
	}

	/**
	 * The broker is gone: every connection breaks, none can be made.
	 */
	void brokerGone() {
		this.brokerReachable = false;
		this.links.forEach((link) -> List.copyOf(link.connections).forEach((connection) -> connection.breakOff(true)));
	}

	void brokerBack() {
		this.brokerReachable = true;
	}

	boolean isBrokerReachable() {
		return this.brokerReachable;
	}

	private long delay() {
		return this.fastestNanos + (long) (this.random.nextDouble() * (this.slowestNanos - this.fastestNanos));
	}

	private boolean isLost() {
		return this.loss > 0 && this.random.nextDouble() < this.loss;
	}

	/**
	 * The way between one instance and the broker.
	 */
	final class Link {

		private final SimulatedProcess process;

		private final Set<Connection> connections = new LinkedHashSet<>();

		private final List<Runnable> heldToBroker = new ArrayList<>();

		private final List<Runnable> heldFromBroker = new ArrayList<>();

		private boolean cutToBroker;

		private boolean cutFromBroker;

		private Link(SimulatedProcess process) {
			this.process = process;
		}

		Connection connect() {
			Connection connection = new Connection(this);
			this.connections.add(connection);
			return connection;
		}

		/**
		 * Let nothing through; what is sent meanwhile arrives after the {@link #heal()
		 * healing}, even if the sender has hung up by then.
		 */
		void cut(boolean toBroker, boolean fromBroker) {
			this.cutToBroker = toBroker;
			this.cutFromBroker = fromBroker;
		}

		boolean isCut() {
			return this.cutToBroker || this.cutFromBroker;
		}

		void heal() {
			cut(false, false);
			release(this.heldToBroker);
			release(this.heldFromBroker);
		}

		private void release(List<Runnable> held) {
			List<Runnable> released = List.copyOf(held);
			held.clear();
			released.forEach((arrival) -> SimulatedNetwork.this.time.after(0, arrival));
		}

		/**
		 * Break every connection.
		 */
		void reset() {
			List.copyOf(this.connections)
				.forEach((connection) -> connection.breakOff(SimulatedNetwork.this.random.nextBoolean()));
		}

	}

	/**
	 * One connection of an instance to the broker.
	 */
	final class Connection {

		private final Link link;

		private final Set<Exchange<?>> pending = new LinkedHashSet<>();

		private final Deque<Exchange<?>> unread = new ArrayDeque<>();

		private boolean open = true;

		private boolean openAtBroker = true;

		private boolean muted;

		private boolean dead;

		private long lastAtBroker;

		private long lastAtClient;

		private Connection(Link link) {
			this.link = link;
		}

		boolean isOpen() {
			return this.open;
		}

		/**
		 * Let everything that is sent from now on vanish without a word.
		 */
		void swallow() {
			this.dead = true;
		}

		<T> void send(Consumer<Consumer<T>> request, Consumer<T> onReply, Runnable onFailure) {
			Exchange<T> exchange = new Exchange<>(request, onReply, onFailure);
			this.pending.add(exchange);
			if (!this.open || isLost()) {
				breakOff(false);
			}
			else {
				VirtualTime time = SimulatedNetwork.this.time;
				this.lastAtBroker = Math.max(this.lastAtBroker, time.now() + delay());
				time.at(this.lastAtBroker,
						() -> pass(this.link.cutToBroker, this.link.heldToBroker, () -> arrive(exchange)));
			}
		}

		private void pass(boolean cut, List<Runnable> held, Runnable arrival) {
			if (cut) {
				held.add(arrival);
			}
			else if (!this.dead) {
				arrival.run();
			}
		}

		private void arrive(Exchange<?> exchange) {
			if (!SimulatedNetwork.this.brokerReachable) {
				breakOff(true);
			}
			else if (this.openAtBroker) {
				this.unread.add(exchange);
				read();
			}
		}

		private void read() {
			if (!this.muted && !this.unread.isEmpty() && this.openAtBroker) {
				this.muted = true;
				serve(this.unread.remove());
			}
		}

		private <T> void serve(Exchange<T> exchange) {
			exchange.request.accept((reply) -> answered(exchange, reply));
		}

		private <T> void answered(Exchange<T> exchange, T reply) {
			VirtualTime time = SimulatedNetwork.this.time;
			this.muted = false;
			if (isLost()) {
				breakOff(SimulatedNetwork.this.random.nextBoolean());
			}
			this.lastAtClient = Math.max(this.lastAtClient, time.now() + delay());
			time.at(this.lastAtClient, () -> pass(this.link.cutFromBroker, this.link.heldFromBroker,
					() -> this.link.process.execute(() -> deliver(exchange, reply))));
			time.after(0, this::read);
		}

		private <T> void deliver(Exchange<T> exchange, T reply) {
			if (this.open && this.pending.remove(exchange)) {
				exchange.onReply.accept(reply);
			}
		}

		/**
		 * The instance hangs up. Requests that are on their way, or wait to be read, may
		 * be carried out all the same.
		 */
		void close() {
			if (this.open) {
				this.open = false;
				this.link.connections.remove(this);
				if (SimulatedNetwork.this.random.nextBoolean()) {
					this.openAtBroker = false;
				}
				List<Exchange<?>> failed = List.copyOf(this.pending);
				this.pending.clear();
				failed.forEach((exchange) -> this.link.process.after(0, exchange.onFailure));
			}
		}

		/**
		 * The connection breaks; the instance learns of it.
		 * @param atBroker whether the broker forgets at once what it has not read yet
		 */
		void breakOff(boolean atBroker) {
			if (atBroker) {
				this.openAtBroker = false;
			}
			this.dead = this.dead || SimulatedNetwork.this.random.nextBoolean();
			this.link.process.after(delay(), () -> {
				if (this.open) {
					close();
				}
				else {
					List<Exchange<?>> failed = List.copyOf(this.pending);
					this.pending.clear();
					failed.forEach((exchange) -> exchange.onFailure.run());
				}
			});
		}

	}

	/**
	 * A request and what becomes of it.
	 */
	private static final class Exchange<T> {

		private final Consumer<Consumer<T>> request;

		private final Consumer<T> onReply;

		private final Runnable onFailure;

		private Exchange(Consumer<Consumer<T>> request, Consumer<T> onReply, Runnable onFailure) {
			this.request = request;
			this.onReply = onReply;
			this.onFailure = onFailure;
		}

	}

}
