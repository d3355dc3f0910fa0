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

package io.distributedtask.benchmarks.failover;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.distributedtask.benchmarks.processes.Library;

/**
 * All systems that are compared.
 */
final class Competitors {

	private static final Set<Library> JDBC = Set.of(Library.JDBC);

	private Competitors() {
	}

	static List<Competitor> all() {
		return List.of(distributedTask("defaults: session 10 s", 10, false), distributedTask("session 6 s", 6, false),
				distributedTask("crash watch, else defaults", 10, true),
				new Competitor("ShedLock, JDBC", "lockAtMostFor 2 s, polled every 0.2 s", "shedlock-core",
						with(JDBC, Library.SHEDLOCK), Duration.ofSeconds(30),
						() -> new ShedLockContender(Duration.ofSeconds(2), false)),
				new Competitor("ShedLock, JDBC, KeepAlive", "lockAtMostFor 30 s (the least with it)", "shedlock-core",
						with(JDBC, Library.SHEDLOCK), Duration.ofSeconds(60),
						() -> new ShedLockContender(Duration.ofSeconds(30), true)),
				new Competitor("db-scheduler", "defaults: polled every 10 s, dead after 30 min", "db-scheduler",
						with(JDBC, Library.DB_SCHEDULER), Duration.ZERO,
						() -> new DbSchedulerContender(Duration.ofSeconds(10), Duration.ofMinutes(5), 6)),
				new Competitor("db-scheduler", "polled every 0.2 s, dead after 2 s (the least)", "db-scheduler",
						with(JDBC, Library.DB_SCHEDULER), Duration.ofSeconds(60),
						() -> new DbSchedulerContender(Duration.ofMillis(200), Duration.ofMillis(500), 4)),
				new Competitor("Quartz, clustered", "defaults: check-in 7.5 s", "quartz", with(JDBC, Library.QUARTZ),
						Duration.ofSeconds(120),
						() -> new QuartzContender(Duration.ofMillis(7500), Duration.ofSeconds(30))),
				new Competitor("Quartz, clustered", "check-in 0.5 s (the least)", "quartz", with(JDBC, Library.QUARTZ),
						Duration.ofSeconds(60),
						() -> new QuartzContender(Duration.ofMillis(500), Duration.ofSeconds(1))),
				springIntegration("defaults: TTL 10 s", 10), springIntegration("TTL 2 s", 2),
				new Competitor("Kafka consumer group", "defaults: session 45 s", "kafka-clients",
						Set.of(Library.KAFKA_CLIENTS), Duration.ofSeconds(120), () -> new ConsumerContender(Map.of())),
				new Competitor("Kafka consumer group", "session 6 s", "kafka-clients", Set.of(Library.KAFKA_CLIENTS),
						Duration.ofSeconds(60),
						() -> new ConsumerContender(
								Map.of("session.timeout.ms", "6000", "heartbeat.interval.ms", "500"))),
				curator("session 10 s", 10), curator("session 4 s", 4));
	}

	private static Competitor distributedTask(String settings, int session, boolean watch) {
		return new Competitor("distributed-task", settings, "distributed-task-autoconfigure",
				Set.of(Library.DISTRIBUTED_TASK, Library.STARTER_DEPENDENCIES), Duration.ofSeconds(60),
				() -> new DistributedTaskContender(Duration.ofSeconds(session), watch));
	}

	private static Competitor springIntegration(String settings, int timeToLive) {
		return new Competitor("Spring Integration, JDBC leader", settings, "spring-integration-jdbc",
				with(JDBC, Library.SPRING_INTEGRATION), Duration.ofSeconds(60),
				() -> new SpringIntegrationContender(Duration.ofSeconds(timeToLive)));
	}

	private static Competitor curator(String settings, int session) {
		return new Competitor("Curator LeaderLatch", settings, "curator-recipes", Set.of(Library.CURATOR),
				Duration.ofSeconds(60), () -> new CuratorContender(Duration.ofSeconds(session)));
	}

	private static Set<Library> with(Set<Library> first, Library second) {
		return Set.of(first.iterator().next(), second);
	}

}
