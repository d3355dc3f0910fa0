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

package io.distributedtask.sample;

import java.time.Duration;
import java.util.List;

import io.distributedtask.Assignments;
import org.jspecify.annotations.Nullable;

/**
 * What the demonstration shows at one moment.
 *
 * @param elapsed the time since the first instances were up
 * @param instances the names of the running instances, the oldest first
 * @param progress how far the work has come
 * @param assignments who owns what, {@code null} if no instance can tell
 */
record Snapshot(Duration elapsed, List<String> instances, Progress progress, @Nullable Assignments assignments) {

	static String time(Duration elapsed) {
		return "%02d:%02d".formatted(elapsed.toMinutes(), elapsed.toSecondsPart());
	}

}
