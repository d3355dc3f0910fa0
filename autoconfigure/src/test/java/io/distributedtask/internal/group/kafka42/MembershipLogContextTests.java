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

package io.distributedtask.internal.group.kafka42;

import org.apache.kafka.clients.NetworkClient;
import org.apache.kafka.common.network.Selector;
import org.apache.kafka.common.utils.LogContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.Logger;

import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MembershipLogContext}.
 */
@ExtendWith(OutputCaptureExtension.class)
class MembershipLogContextTests {

	private final Logger logger = new MembershipLogContext("[DistributedTask groupId=shop-tasks] ")
		.logger(MembershipLogContextTests.class);

	@Test
	void warningsAreWrittenWithThePrefix(CapturedOutput output) {
		this.logger.warn("Node {} is away, for {} ms", 1, 20);
		assertThat(output).contains("WARN").contains("[DistributedTask groupId=shop-tasks] Node 1 is away, for 20 ms");
	}

	@Test
	void connectionsThatCannotBeMadeAreForThoseWhoDebug(CapturedOutput output) {
		LoggingSystem system = LoggingSystem.get(getClass().getClassLoader());
		system.setLogLevel("org.apache.kafka", LogLevel.INFO);
		try {
			LogContext context = new MembershipLogContext("[DistributedTask] ");
			context.logger(NetworkClient.class).warn("Connection to node {} could not be established", -1);
			context.logger(Selector.class).warn("Unexpected error from {}", "broker-1");
		}
		finally {
			system.setLogLevel("org.apache.kafka", LogLevel.ERROR);
		}
		assertThat(output.getOut()).isEmpty();
	}

	@Test
	void stepsOnTheWayIntoTheGroupAreForThoseWhoDebug(CapturedOutput output) {
		LoggingSystem system = LoggingSystem.get(getClass().getClassLoader());
		system.setLogLevel(MembershipLogContextTests.class.getName(), LogLevel.INFO);
		try {
			this.logger.info("(Re-)joining group");
			this.logger.info("Node {} disconnected.", -1);
			this.logger.info("Discovered group coordinator {}", "broker-1");
			this.logger.info("Group coordinator {} is unavailable", "broker-1");
		}
		finally {
			system.setLogLevel(MembershipLogContextTests.class.getName(), null);
		}
		assertThat(output.getOut().lines()).hasSize(2);
		assertThat(output).contains("INFO")
			.contains("Discovered group coordinator broker-1")
			.contains("Group coordinator broker-1 is unavailable");
	}

	@Test
	void whatIsThrownAsWellIsNotWritten(CapturedOutput output) {
		this.logger.error("JoinGroup failed due to fatal error: {}", "not authorized");
		this.logger.error("Heartbeat thread failed", new IllegalStateException("broken"));
		this.logger.warn("Search hit fatal exception", new IllegalStateException("broken"));
		this.logger.warn("Search for {} hit fatal exception", "group", new IllegalStateException("broken"));
		assertThat(output.getOut()).isEmpty();
		assertThat(this.logger.isErrorEnabled()).as("levels are asked before expensive messages are made").isFalse();
		assertThat(this.logger.isWarnEnabled()).isTrue();
		assertThat(this.logger.getName()).isEqualTo(MembershipLogContextTests.class.getName());
	}

}
