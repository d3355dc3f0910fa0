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

package io.distributedtask.faults.rules;

import java.util.List;

import io.distributedtask.faults.history.GroupUnderTest;
import io.distributedtask.faults.history.History;
import io.distributedtask.faults.history.RecordedRun;

/**
 * Reads a history and says which promises were broken. Knows no clock and no process: the
 * same history gives the same verdict.
 */
public final class Checker {

	private static final List<Rule> RULES = List.of(new OneOwnerRule(), new NoWorkAfterLeaseRule(),
			new FencedStoreRule(), new TokensGrowRule(), new OwnedInTimeRule(), new NothingStopsNeedlesslyRule(),
			new FiresOnceRule(), new MissedRunsRule(), new NeverAgainRule(), new LeaseOfItsOwnRule(),
			new NobodyRemovedAliveRule());

	private Checker() {
	}

	public static Verdict check(History history, GroupUnderTest group) {
		RecordedRun run = RecordedRun.of(history, group);
		Findings findings = new Findings();
		RULES.forEach((rule) -> rule.check(run, findings));
		return new Verdict(findings.violations(), Figures.of(run, findings));
	}

}
