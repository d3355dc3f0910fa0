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

package io.distributedtask.benchmarks.processes;

import java.util.List;

/**
 * Where processes find what they share.
 *
 * @param bootstrapServers the broker
 * @param jdbcUrl the database
 * @param zooKeeper the ZooKeeper
 */
public record BackendAddresses(String bootstrapServers, String jdbcUrl, String zooKeeper) {

	/**
	 * As arguments of a command line.
	 * @return three arguments
	 */
	public List<String> toArguments() {
		return List.of(this.bootstrapServers, this.jdbcUrl, this.zooKeeper);
	}

	/**
	 * From a command line.
	 * @param arguments all arguments
	 * @param from which of them is the first
	 * @return the addresses
	 */
	public static BackendAddresses of(String[] arguments, int from) {
		return new BackendAddresses(arguments[from], arguments[from + 1], arguments[from + 2]);
	}

}
