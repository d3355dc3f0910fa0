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

package io.distributedtask.internal.member;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.MemberSettings;

/**
 * How the member under test counts time in situations in which a mistake shows.
 */
public final class MemberProbe {

	private MemberProbe() {
	}

	/**
	 * How old a contact is taken to be whose request was sent ten seconds ago.
	 * @return the age
	 */
	public static Duration ageOfAnOldContact() {
		MemberSettings settings = new MemberSettings("group", "i1", () -> null, Map.of(), 1, Duration.ofMillis(500),
				Duration.ofSeconds(20), Duration.ofSeconds(30), Duration.ofSeconds(30));
		MemberLifecycle life = new MemberLifecycle(settings, "first", null, null, null, Clocks.SYSTEM, () -> {
		});
		life.contact(System.nanoTime() - Duration.ofSeconds(10).toNanos(), System.currentTimeMillis() - 10_000, false);
		return Duration.ofNanos(System.nanoTime() - life.lastContact().nanos());
	}

	/**
	 * How long ago those were counted in that are missing when nothing has happened.
	 * @return the time
	 */
	public static Duration sinceOwnersWereCountedIn() {
		MemberSettings settings = new MemberSettings("group", "i1", () -> null, Map.of(), 1, Duration.ofMillis(500),
				Duration.ofSeconds(20), Duration.ofSeconds(30), Duration.ofSeconds(30));
		return Duration.between(new Session(settings, Clocks.SYSTEM).ownedUntil(), Instant.now());
	}

}
