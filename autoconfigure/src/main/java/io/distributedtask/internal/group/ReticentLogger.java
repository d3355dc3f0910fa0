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

import java.util.Arrays;
import java.util.function.BooleanSupplier;

import org.apache.kafka.clients.NetworkClient;
import org.apache.kafka.common.network.Selector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;

/**
 * The log of the Kafka client, without errors that are also thrown: kafka-clients logs an
 * error at each attempt, some with a stack trace, before it throws it. The code that
 * catches it logs once what it means and what to change, so here it is at level DEBUG. So
 * are the steps of joining the group, some lines for each rebalance, and each closed
 * connection: the result of a rebalance is logged once, when it is over. And so are
 * failed connections, two warnings a second while a broker is away: the
 * {@link BrokerContacts} record them.
 * <p>
 * If the application's log fails, with an {@link Error} for example, that must not end a
 * request whose response is being logged.
 */
@SuppressWarnings("serial")
public final class ReticentLogger extends LegacyAbstractLogger {

	private final transient Logger delegate;

	private final Level warning;

	/**
	 * Create a logger.
	 * @param delegate what writes
	 */
	public ReticentLogger(Logger delegate) {
		this.delegate = delegate;
		this.name = delegate.getName();
		this.warning = isAboutConnections(this.name) ? Level.DEBUG : Level.WARN;
	}

	private static boolean isAboutConnections(String name) {
		return name.equals(NetworkClient.class.getName()) || name.startsWith(Selector.class.getPackageName());
	}

	@Override
	public boolean isTraceEnabled() {
		return isEnabled(this.delegate::isTraceEnabled);
	}

	@Override
	public boolean isDebugEnabled() {
		return isEnabled(this.delegate::isDebugEnabled);
	}

	@Override
	public boolean isInfoEnabled() {
		return isEnabled(this.delegate::isInfoEnabled);
	}

	@Override
	public boolean isWarnEnabled() {
		return isEnabled(this.delegate::isWarnEnabled);
	}

	@Override
	public boolean isErrorEnabled() {
		return isDebugEnabled();
	}

	private static boolean isEnabled(BooleanSupplier level) {
		try {
			return level.getAsBoolean();
		}
		catch (Throwable ex) {
			return false;
		}
	}

	@Override
	protected @Nullable String getFullyQualifiedCallerName() {
		return null;
	}

	@Override
	protected void handleNormalizedLoggingCall(Level level, @Nullable Marker marker, String message,
			Object @Nullable [] arguments, @Nullable Throwable throwable) {
		Object[] all = (arguments != null) ? arguments : new Object[0];
		if (throwable != null) {
			all = Arrays.copyOf(all, all.length + 1);
			all[all.length - 1] = throwable;
		}
		try {
			log(level, message, all, throwable);
		}
		catch (Throwable ex) {
			// that could not be logged either
		}
	}

	private void log(Level level, String message, Object[] all, @Nullable Throwable throwable) {
		switch (level) {
			case TRACE -> this.delegate.trace(message, all);
			case INFO -> told(throwable, message, all, isOfTheCoordinator(message) ? Level.INFO : Level.DEBUG);
			case WARN -> told(throwable, message, all, this.warning);
			case DEBUG, ERROR -> this.delegate.debug(message, all);
		}
	}

	/**
	 * Which broker is the coordinator, or is no longer.
	 */
	private static boolean isOfTheCoordinator(String message) {
		return message.startsWith("Discovered group coordinator") || message.startsWith("Group coordinator");
	}

	private void told(@Nullable Throwable throwable, String message, Object[] arguments, Level level) {
		this.delegate.atLevel((throwable != null) ? Level.DEBUG : level).log(message, arguments);
	}

}
