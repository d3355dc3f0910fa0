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

package io.distributedtask.internal.port;

import java.util.Collection;

import io.distributedtask.Membership;
import io.distributedtask.internal.message.Watched;
import org.jspecify.annotations.Nullable;

/**
 * Notices at once that the process of another member has ended, and lets others notice
 * that of this one.
 */
public interface CrashWatch extends AutoCloseable {

	/**
	 * Make the end of this process noticeable, unless it is so already. Returns soon. The
	 * group's thread.
	 * @param incarnation the id of this process
	 * @param listener told of what is noticed
	 * @return the address for the others, {@code null} if they cannot watch this process:
	 * {@link #status()} has the reason
	 */
	@Nullable String open(String incarnation, Listener listener);

	/**
	 * Watch these members, and no others. Returns at once. Any thread.
	 * @param members the members
	 */
	void watch(Collection<Watched> members);

	/**
	 * Let the members that watch this one know that they should ask the coordinator for
	 * news. Returns at once. Any thread.
	 */
	void nudge();

	/**
	 * Who is watched, for people. From memory. Any thread.
	 */
	Membership.Watch status();

	/**
	 * Stop to watch. Others take it for the end of this process, which must own nothing
	 * any more.
	 */
	@Override
	void close();

	/**
	 * Is told of what was noticed, on the thread of the watch; returns at once.
	 */
	interface Listener {

		/**
		 * The process of a member has ended, which is certain.
		 * @param member the member
		 * @param sinceNanos when its connection ended, by the monotonic clock
		 */
		void ended(Watched member, long sinceNanos);

		/**
		 * Another member has news of the group, or claims so.
		 */
		void nudged();

		/**
		 * The address of this process is no longer valid: it has to be opened again.
		 */
		void closed();

	}

}
