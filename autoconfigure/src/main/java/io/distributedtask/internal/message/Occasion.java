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

package io.distributedtask.internal.message;

import io.distributedtask.event.GroupRebalancedEvent.Cause;

/**
 * Why the group has rebalanced, as the leader describes it: only the leader knows which
 * members joined and left.
 *
 * @param cause the cause, never {@link Cause#STARTED}, which is one for an instance only
 * @param text such as {@code shop-2 left, shop-3 joined}
 */
public record Occasion(Cause cause, String text) {

	private static final int MIN_TEXT = 40;

	private static final int MAX_TEXT = 400;

	/** Every member gets the same text, and the sum must not fill the group's record. */
	private static final int MAX_SUM = 40_000;

	/**
	 * This occasion with a text that is short enough for a group.
	 * @param members the number of members
	 */
	public Occasion forAll(int members) {
		int limit = Math.min(MAX_TEXT, Math.max(MIN_TEXT, MAX_SUM / Math.max(1, members)));
		return (this.text.length() <= limit) ? this : new Occasion(this.cause, this.text.substring(0, limit - 1) + "…");
	}

	/**
	 * This occasion with something that is not left out, however large the group.
	 * @param addition a few words
	 */
	public Occasion and(String addition) {
		return addition.isEmpty() ? this : new Occasion(this.cause, this.text + addition);
	}

}
