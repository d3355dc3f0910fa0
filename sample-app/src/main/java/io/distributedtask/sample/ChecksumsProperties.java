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

import java.nio.file.Path;
import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What an instance of the service is told.
 *
 * @param folder the folder whose files are hashed
 * @param scanDelay how long after a scan the next one starts
 * @param reportInterval how often progress is logged
 * @param pace most files that one shard hashes a second, 0 for no limit; to have
 * something to look at in a small folder
 * @param exitWithParent whether the end of standard input ends the instance
 */
@ConfigurationProperties("checksums")
record ChecksumsProperties(Path folder, @DefaultValue("2s") Duration scanDelay,
		@DefaultValue("10s") Duration reportInterval, @DefaultValue("0") double pace,
		@DefaultValue("false") boolean exitWithParent) {

	ChecksumsProperties {
		folder = folder.toAbsolutePath().normalize();
	}

}
