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

import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/**
 * Keeps the brokers from drowning what the application logs. Clients of the same process
 * log as they are configured.
 */
final class BrokerLogging {

	private static final List<String> SERVER_LOGGERS = List.of("kafka", "state.change.logger",
			"org.apache.kafka.controller", "org.apache.kafka.coordinator", "org.apache.kafka.image",
			"org.apache.kafka.metadata", "org.apache.kafka.raft", "org.apache.kafka.server", "org.apache.kafka.storage",
			"org.apache.kafka.clients.admin", "org.apache.kafka.common.network.Selector", "org.apache.kafka.network");

	private BrokerLogging() {
	}

	static void quieten() {
		ILoggerFactory factory = LoggerFactory.getILoggerFactory();
		if (factory.getClass().getName().equals("ch.qos.logback.classic.LoggerContext")) {
			Logback.quieten(factory);
		}
	}

	/**
	 * Loaded only where Logback is in use.
	 */
	private static final class Logback {

		static void quieten(ILoggerFactory factory) {
			for (String name : SERVER_LOGGERS) {
				Logger logger = ((LoggerContext) factory).getLogger(name);
				if (logger.getLevel() == null) {
					logger.setLevel(Level.ERROR);
				}
			}
		}

	}

}
