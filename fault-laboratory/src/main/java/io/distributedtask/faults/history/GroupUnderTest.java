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

package io.distributedtask.faults.history;

import java.time.Duration;

/**
 * The group under test: what its instances are configured with, which the promises are
 * made of.
 *
 * @param heartbeatInterval as configured
 * @param sessionTimeout as configured
 * @param rebalanceTimeout as configured
 * @param revokeTimeout as configured
 * @param shards the number of shards of task {@link #CRAWL}
 * @param staticMembers whether its instances are static members
 */
public record GroupUnderTest(Duration heartbeatInterval, Duration sessionTimeout, Duration rebalanceTimeout,
		Duration revokeTimeout, int shards, boolean staticMembers) {

	/** Its id. */
	public static final String ID = "laboratory-tasks";

	/** Continuous and sharded; writes to the fenced store in each iteration. */
	public static final String CRAWL = "crawl";

	/** Continuous; ignores interrupts and revocation for as long as it was told. */
	public static final String STUBBORN = "stubborn";

	/** Continuous; throws when it was told. */
	public static final String THROWER = "thrower";

	/** An {@code OwnershipListener}. */
	public static final String LEADER = "leader";

	/** Scheduled each second, {@code FIRE_ONCE}. */
	public static final String TICK = "tick";

	/** Scheduled each second, {@code SKIP}. */
	public static final String TOCK = "tock";

	/** Scheduled every twenty seconds, {@code FIRE_ONCE}. */
	public static final String SLOW = "slow";

	/** Scheduled every minute, {@code FIRE_ONCE}. */
	public static final String RARE = "rare";

}
