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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import io.distributedtask.sample.ChecksumReports.Checksum;

/**
 * Sums that were computed again.
 *
 * @param checked the number of sums that were compared
 * @param wrong the files whose sum is wrong
 */
record SumCheck(int checked, List<String> wrong) {

	/**
	 * Compute sums again. Files that have changed since are left out.
	 * @param folder the folder
	 * @param checksums the sums
	 * @param limit most sums to compute; with more of them a random choice
	 * @return the result
	 */
	static SumCheck of(Path folder, List<Checksum> checksums, int limit) {
		List<Checksum> sample = new ArrayList<>(checksums);
		Collections.shuffle(sample);
		int checked = 0;
		List<String> wrong = new ArrayList<>();
		for (Checksum checksum : sample.subList(0, Math.min(limit, sample.size()))) {
			Path file = folder.resolve(checksum.path());
			try {
				String sum = FileDigest.sha256(file, () -> {
				});
				if (stateOf(file).equals(checksum.state())) {
					checked++;
					if (!sum.equals(checksum.sha256())) {
						wrong.add(checksum.path());
					}
				}
			}
			catch (IOException ex) {
				// Gone since: nothing to compare
			}
		}
		return new SumCheck(checked, wrong);
	}

	private static FileState stateOf(Path file) throws IOException {
		return FileState.of(Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
	}

	/**
	 * Write sums as {@code sha256sum} does.
	 * @param folder the folder
	 * @param checksums the sums
	 * @param target the file to write
	 * @throws IOException if the file cannot be written
	 */
	static void export(Path folder, List<Checksum> checksums, Path target) throws IOException {
		Files.write(target, checksums.stream().map((checksum) -> line(folder, checksum)).toList());
	}

	/**
	 * A backslash in front tells that the name is escaped.
	 */
	static String line(Path folder, Checksum checksum) {
		String name = folder.resolve(checksum.path()).toString();
		String escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
		return (escaped.equals(name) ? "" : "\\") + checksum.sha256() + "  " + escaped;
	}

}
