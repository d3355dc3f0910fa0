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

package io.distributedtask.internal.watch;

/**
 * What is known of a process whose connection has ended: only what nothing but the end of
 * the process explains is a proof.
 */
final class Evidence {

	private Evidence() {
	}

	/**
	 * Whether a process has ended for certain.
	 * @param ending how the connection to it has ended
	 * @param answer the answer to the attempt to connect again
	 * @return whether both together are a proof
	 */
	static boolean isProof(Ending ending, Answer answer) {
		return ending == Ending.CLOSED && (answer == Answer.REFUSED || answer == Answer.OTHER_PROCESS);
	}

	/**
	 * How a connection has ended.
	 */
	enum Ending {

		/**
		 * It was closed in order (FIN): a kernel does so for the sockets of a process
		 * when the last of its threads has ended, and nobody else knows the numbers of
		 * the connection. A process that lives closes no connection of a watcher.
		 */
		CLOSED,

		/**
		 * It was reset, or failed otherwise: a firewall, or another host that has got the
		 * address, does that, too.
		 */
		FAILED

	}

	/**
	 * What an attempt to connect has shown.
	 */
	enum Answer {

		/** Nobody listens there. The listener of a process lives as long as it. */
		REFUSED,

		/** Another process of this library has the address, directly at this host. */
		OTHER_PROCESS,

		/** The process lives. */
		SAME_PROCESS,

		/** A timeout, no route, a reset, an answer that is not one. */
		NONE

	}

}
