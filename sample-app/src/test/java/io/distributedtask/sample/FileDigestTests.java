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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

import io.distributedtask.OwnershipLostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link FileDigest}.
 */
class FileDigestTests {

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path folder;

	@Test
	void hashesFile() throws IOException {
		Path file = Files.write(this.folder.resolve("abc"), "abc".getBytes(StandardCharsets.US_ASCII));
		assertThat(FileDigest.sha256(file, () -> {
		})).isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	}

	@Test
	void hashesEmptyFile() throws IOException {
		Path file = Files.createFile(this.folder.resolve("empty"));
		assertThat(FileDigest.sha256(file, () -> {
		})).isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	}

	@Test
	void bigFileIsGivenUpWhenOwnershipEnds() throws IOException {
		Path file = Files.write(this.folder.resolve("big"), new byte[2_000_000]);
		AtomicInteger pieces = new AtomicInteger();
		assertThatExceptionOfType(OwnershipLostException.class).isThrownBy(() -> FileDigest.sha256(file, () -> {
			if (pieces.incrementAndGet() == 3) {
				throw new OwnershipLostException("digest", 0, 1);
			}
		}));
		assertThat(pieces).hasValue(3);
	}

}
