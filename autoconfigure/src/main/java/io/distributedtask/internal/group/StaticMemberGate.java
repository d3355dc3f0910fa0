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

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.message.JoinGroupRequestData;

/**
 * Whether a static member may join without a member id. The coordinator would let it
 * replace any other member with the same static id, so that two live processes could
 * replace each other for ever (KIP-345): it has to check first who has the id, each time.
 * Safe for any thread.
 */
final class StaticMemberGate {

	private final boolean needed;

	private boolean given;

	private boolean fenced;

	/**
	 * Create a gate.
	 * @param needed whether the member is a static one
	 */
	StaticMemberGate(boolean needed) {
		this.needed = needed;
	}

	/**
	 * Whether the member has to check before it next joins without a member id.
	 */
	synchronized boolean isWanting() {
		return this.needed && !this.given;
	}

	/**
	 * Another process has replaced this one.
	 */
	synchronized void fenced() {
		this.fenced = true;
		this.given = false;
	}

	synchronized boolean isFenced() {
		return this.fenced;
	}

	/**
	 * An attempt has failed: before the next one the situation may have changed.
	 */
	synchronized void withdraw() {
		this.given = false;
	}

	/**
	 * Permit one join.
	 */
	synchronized void give() {
		this.given = true;
		this.fenced = false;
	}

	/**
	 * A JoinGroup is about to be sent.
	 * @param join the request
	 * @throws NotAdmittedException if the member has to check first
	 */
	synchronized void check(JoinGroupRequestData join) {
		if (this.needed && !this.given && join.memberId().isEmpty()) {
			throw new NotAdmittedException();
		}
		this.given = false;
	}

	/**
	 * The member has to check first who has its id.
	 */
	@SuppressWarnings("serial")
	static final class NotAdmittedException extends KafkaException {

		NotAdmittedException() {
			super("A static member checks who has its id before it joins");
		}

	}

}
