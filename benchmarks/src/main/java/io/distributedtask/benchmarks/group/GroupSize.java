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

package io.distributedtask.benchmarks.group;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import io.distributedtask.TaskDefinition;

/**
 * How many members, and how many tasks of how many shards they share.
 *
 * @param members the number of members
 * @param tasks the number of tasks
 * @param shards the number of shards of each task
 */
record GroupSize(int members, int tasks, int shards) {

	/**
	 * Read a size.
	 * @param size such as {@code 100x10x1000}
	 */
	static GroupSize parse(String size) {
		String[] numbers = size.split("x");
		if (numbers.length != 3) {
			throw new IllegalArgumentException(
					"'%s' is no size: use members x tasks x shards of each, such as 100x10x1000".formatted(size));
		}
		return new GroupSize(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]), Integer.parseInt(numbers[2]));
	}

	int shardCount() {
		return this.tasks * this.shards;
	}

	List<TaskDefinition> definitions() {
		return IntStream.range(0, this.tasks)
			.mapToObj((i) -> TaskDefinition.of("task-%05d".formatted(i)).withShards(this.shards))
			.toList();
	}

	/**
	 * The default up to 100 members. All members of a large group share one machine here,
	 * which would do nothing but send and answer heartbeats.
	 */
	Duration heartbeatInterval() {
		if (this.members <= 100) {
			return Duration.ofMillis(500);
		}
		return (this.members <= 500) ? Duration.ofSeconds(2) : Duration.ofMillis(3L * Math.max(1000, this.members));
	}

	Duration sessionTimeout() {
		if (this.members <= 100) {
			return Duration.ofSeconds(10);
		}
		return (this.members <= 500) ? Duration.ofSeconds(30) : heartbeatInterval().multipliedBy(15);
	}

	Duration rebalanceTimeout() {
		return sessionTimeout().multipliedBy(2);
	}

	@Override
	public String toString() {
		return this.members + "x" + this.tasks + "x" + this.shards;
	}

}
