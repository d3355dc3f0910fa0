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

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A group that does not respond, and which broker it is.
 *
 * @param who the broker that does not respond, such as
 * {@code no broker of [localhost:9092] has
 * answered}
 * @param sinceNanos since when, by the monotonic clock
 * @param seen the symptom, {@code null} for none
 */
public record Silence(String who, long sinceNanos, @Nullable String seen) {

	/**
	 * A description of the silence.
	 * @param nanos the time by the monotonic clock
	 * @return such as {@code no broker of [localhost:9092] has answered for 31 s
	 * (connections are refused)}
	 */
	public String describe(long nanos) {
		Duration duration = Duration.ofNanos(Math.max(0, nanos - this.sinceNanos));
		return "%s for %s%s".formatted(this.who, length(duration), (this.seen != null) ? " (" + this.seen + ")" : "");
	}

	public static String length(Duration duration) {
		return (duration.toSeconds() > 0) ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
	}

}
