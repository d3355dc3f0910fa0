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

package io.distributedtask.internal.group;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.distributedtask.internal.port.Callbacks;
import io.distributedtask.internal.port.DelegatingMembership;
import io.distributedtask.internal.port.GroupMembership;

/**
 * A membership that counts how often it is polled, and lets a test do something before
 * each callback, on its thread.
 */
final class ProbedMembership extends DelegatingMembership {

	private final AtomicInteger polls = new AtomicInteger();

	private volatile Consumer<String> beforeCallback = (name) -> {
	};

	ProbedMembership(GroupMembership delegate) {
		super(delegate);
	}

	/**
	 * Called with the name of each callback.
	 */
	void beforeCallback(Consumer<String> action) {
		this.beforeCallback = action;
	}

	int polls() {
		return this.polls.get();
	}

	@Override
	public void poll(Duration timeout, Callbacks callbacks) {
		this.polls.incrementAndGet();
		super.poll(timeout, probed(callbacks));
	}

	private Callbacks probed(Callbacks callbacks) {
		return (Callbacks) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Callbacks.class },
				(proxy, method, arguments) -> {
					this.beforeCallback.accept(method.getName());
					try {
						return method.invoke(callbacks, arguments);
					}
					catch (InvocationTargetException ex) {
						throw ex.getCause();
					}
				});
	}

}
