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
 * Whether a static member may join as a newcomer. The coordinator would let it take the
 * place of any other member with the same id, so that two live processes could drive each
 * other out for ever: it has to ask first who has the id, each time. Safe for any thread.
 */
final class StaticMemberGate {

	private final boolean needed;

	private boolean given;

	private boolean fenced;

	/**
	 * Create an admission.
	 * @param needed whether the member is a static one
	 */
	StaticMemberGate(boolean needed) {
		this.needed = needed;
	}

	/**
	 * Whether the member has to ask before it joins the next time as a newcomer.
	 */
	synchronized boolean isWanting() {
		return this.needed && !this.given;
	}

	/**
	 * Another process has taken this one's place.
	 */
	synchronized void fenced() {
		this.fenced = true;
		this.given = false;
	}

	synchronized boolean isFenced() {
		return this.fenced;
	}

	/**
	 * An attempt has failed: before the next one things may have changed.
	 */
	synchronized void withdraw() {
		this.given = false;
	}

	/**
	 * Nothing stands against joining once.
	 */
	synchronized void give() {
		this.given = true;
		this.fenced = false;
	}

	/**
	 * A JoinGroup is about to be sent.
	 * @param join the request
	 * @throws NotAdmittedException if the member has to ask first
	 */
	synchronized void check(JoinGroupRequestData join) {
		if (this.needed && !this.given && join.memberId().isEmpty()) {
			throw new NotAdmittedException();
		}
		this.given = false;
	}

	/**
	 * The member has to ask first who has its id.
	 */
	@SuppressWarnings("serial")
	static final class NotAdmittedException extends KafkaException {

		NotAdmittedException() {
			super("A static member checks who has its id before it joins");
		}

	}

}
