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

package io.distributedtask.faults.mutation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ServerSocketChannel;

import io.distributedtask.internal.message.Watched;
import org.jspecify.annotations.Nullable;

/**
 * Knows what the crash watch of this process takes for proven, and closes its listening
 * socket when it is told to. Public because it is called from within the code under test,
 * see {@link Mutations}.
 */
public final class WatchProbes {

	private static volatile @Nullable Observer observer;

	private static volatile @Nullable ServerSocketChannel listener;

	private WatchProbes() {
	}

	/**
	 * Tell somebody of what happens from now on.
	 * @param next who is told
	 */
	public static void observe(Observer next) {
		observer = next;
	}

	/**
	 * Close the socket at which this process can be watched, as other code in it might.
	 */
	public static void closeListener() {
		ServerSocketChannel current = listener;
		if (current != null) {
			try {
				current.close();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	}

	/**
	 * This process listens for those that watch it.
	 * @param channel its socket
	 */
	public static void listens(ServerSocketChannel channel) {
		listener = channel;
	}

	/**
	 * This process can be watched.
	 * @param incarnation the id by which it is known
	 */
	public static void watched(String incarnation) {
		Observer current = observer;
		if (current != null) {
			current.watched(incarnation);
		}
	}

	/**
	 * The watch takes a process for ended.
	 * @param member the member of which it is
	 * @param sinceNanos when its connection ended
	 */
	public static void foundEnded(Object member, long sinceNanos) {
		Observer current = observer;
		if (current != null && member instanceof Watched ended) {
			current.foundEnded(ended.instance(), ended.incarnation(), sinceNanos);
		}
	}

	/**
	 * Is told what happens, on the thread to which it happens.
	 */
	public interface Observer {

		void watched(String incarnation);

		void foundEnded(String instance, String incarnation, long sinceNanos);

	}

}
