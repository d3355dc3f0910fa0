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

import io.distributedtask.faults.history.RecordedRun;
import io.distributedtask.faults.history.Span;
import io.distributedtask.faults.rules.Violation.Promise;

/**
 * Tokens grow with every owner.
 * <p>
 * The ownerships of a shard, in the order in which they began, have tokens that grow,
 * also across the end of the whole group. An ownership that was never seen valid is left
 * out: its process may have been frozen before its first line, and have written that
 * after others had come and gone.
 */
final class TokensGrowRule implements Rule {

	@Override
	public void check(RecordedRun run, Findings findings) {
		run.spans().values().forEach((spans) -> check(spans, findings));
	}

	private void check(List<Span> spans, Findings findings) {
		Span highest = null;
		for (Span next : spans) {
			if (!next.wasSeenValid()) {
				continue;
			}
			if (highest != null && next.token() <= highest.token()) {
				findings.violation(Promise.TOKENS_GROW, next.begin(), next.task(), next.shard(),
						"%s began after %s".formatted(next, highest));
			}
			else {
				highest = next;
			}
		}
	}

}
