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

/**
 * How far the work has come.
 *
 * @param scans the number of scans that were finished
 * @param files the number of files
 * @param hashed the number of files with an up-to-date sum
 * @param unreadable the number of files that could not be read
 * @param bytes the size of the hashed files together
 */
record Progress(long scans, long files, long hashed, long unreadable, long bytes) {

	static final Progress NONE = new Progress(0, 0, 0, 0, 0);

	long missing() {
		return this.files - this.hashed - this.unreadable;
	}

	boolean isComplete() {
		return this.scans > 0 && missing() == 0;
	}

	/**
	 * The part that is done.
	 * @return the percentage, rounded down, so that 100 means all
	 */
	int percent() {
		return (this.files > 0) ? (int) (100 * (this.files - missing()) / this.files) : 0;
	}

}
