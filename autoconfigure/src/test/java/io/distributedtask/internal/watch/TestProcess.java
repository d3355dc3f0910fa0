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
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.distributedtask.Membership;
import io.distributedtask.internal.message.Watched;
import io.distributedtask.internal.port.CrashWatch;
import org.jspecify.annotations.Nullable;

/**
 * A watch in the place of a process: to close it looks to others like the end of one.
 */
final class TestProcess implements CrashWatch.Listener, AutoCloseable {

	private final String name;

	private final SocketCrashWatch watch;

	private final String address;

	private final List<String> ended = new CopyOnWriteArrayList<>();

	private final AtomicInteger nudges = new AtomicInteger();

	private final AtomicInteger closings = new AtomicInteger();

	private volatile boolean failing;

	TestProcess(String name) {
		this(name, 0, null);
	}

	TestProcess(String name, int port, SocketCrashWatch.@Nullable SslEngines ssl) {
		this.name = name;
		this.watch = new SocketCrashWatch(name, InetAddress::getLoopbackAddress, port, ssl);
		this.address = open();
	}

	String open() {
		String address = this.watch.open("id-of-" + this.name, this);
		if (address == null) {
			throw new IllegalStateException(String.valueOf(this.watch.status().problem()));
		}
		return address;
	}

	String address() {
		return this.address;
	}

	int port() {
		return WatchAddress.parse(this.address).getPort();
	}

	Watched watched() {
		return at(this.address);
	}

	Watched at(String address) {
		return new Watched("member-" + this.name, this.name, "id-of-" + this.name, address);
	}

	void watch(Watched... others) {
		this.watch.watch(Arrays.asList(others));
	}

	SocketCrashWatch socket() {
		return this.watch;
	}

	boolean isConnected() {
		return !this.watch.status().watching().isEmpty()
				&& this.watch.status().watching().stream().allMatch(Membership.WatchedInstance::connected);
	}

	@Nullable String problem() {
		return this.watch.status().watching().get(0).problem();
	}

	List<String> ended() {
		return this.ended;
	}

	int nudges() {
		return this.nudges.get();
	}

	void setFailing(boolean failing) {
		this.failing = failing;
	}

	int closings() {
		return this.closings.get();
	}

	@Override
	public void ended(Watched member, long sinceNanos) {
		this.ended.add(member.instance());
	}

	@Override
	public void nudged() {
		this.nudges.incrementAndGet();
		if (this.failing) {
			throw new IllegalStateException("as the test wants it");
		}
	}

	@Override
	public void closed() {
		this.closings.incrementAndGet();
	}

	@Override
	public void close() {
		this.watch.close();
	}

}
