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

import org.apache.kafka.common.message.JoinGroupRequestData;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link StaticMemberGate}.
 */
class StaticMemberGateTests {

	private static final JoinGroupRequestData NEWCOMER = new JoinGroupRequestData().setMemberId("");

	private static final JoinGroupRequestData MEMBER = new JoinGroupRequestData().setMemberId("m-1");

	@Test
	void aDynamicMemberNeedsNone() {
		StaticMemberGate admission = new StaticMemberGate(false);
		assertThat(admission.isWanting()).isFalse();
		assertThatNoException().isThrownBy(() -> admission.check(NEWCOMER));
	}

	@Test
	void aStaticMemberAsksBeforeItJoinsAsANewcomer() {
		StaticMemberGate admission = new StaticMemberGate(true);
		assertThat(admission.isWanting()).isTrue();
		assertRefused(admission);
		admission.give();
		assertThat(admission.isWanting()).isFalse();
		assertThatNoException().isThrownBy(() -> admission.check(NEWCOMER));
		assertThat(admission.isWanting()).as("it holds for one time").isTrue();
		assertRefused(admission);
	}

	@Test
	void whoIsAMemberJoinsAgainWithoutAsking() {
		StaticMemberGate admission = new StaticMemberGate(true);
		assertThatNoException().isThrownBy(() -> admission.check(MEMBER));
	}

	@Test
	void itIsAskedForAnewAfterAFailure() {
		StaticMemberGate admission = new StaticMemberGate(true);
		admission.fenced();
		admission.give();
		admission.withdraw();
		assertThat(admission.isWanting()).isTrue();
		assertRefused(admission);
	}

	@Test
	void itIsAskedForAnewWhenAMemberHasJoinedAgainMeanwhile() {
		StaticMemberGate admission = new StaticMemberGate(true);
		admission.give();
		admission.check(MEMBER);
		assertRefused(admission);
	}

	@Test
	void whosePlaceIsTakenLosesItsAdmission() {
		StaticMemberGate admission = new StaticMemberGate(true);
		admission.give();
		admission.fenced();
		assertThat(admission.isFenced()).isTrue();
		assertRefused(admission);
		admission.give();
		assertThat(admission.isFenced()).isFalse();
	}

	private static void assertRefused(StaticMemberGate admission) {
		assertThatExceptionOfType(StaticMemberGate.NotAdmittedException.class)
			.isThrownBy(() -> admission.check(NEWCOMER));
	}

}
