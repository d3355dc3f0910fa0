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
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The SHA-256 of a file.
 */
final class FileDigest {

	private static final int PIECE = 256 * 1024;

	private FileDigest() {
	}

	/**
	 * Read a file and hash it.
	 * @param file the file
	 * @param beforeEachPiece called before each quarter MiB, so that a big file can be
	 * given up; what it throws ends the reading
	 * @return the sum as 64 hexadecimal digits
	 * @throws IOException if the file cannot be read
	 */
	static String sha256(Path file, Runnable beforeEachPiece) throws IOException {
		MessageDigest digest = sha256();
		byte[] piece = new byte[(int) Math.max(1, Math.min(PIECE, Files.size(file)))];
		try (InputStream in = Files.newInputStream(file)) {
			beforeEachPiece.run();
			for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
				digest.update(piece, 0, length);
				beforeEachPiece.run();
			}
		}
		return HexFormat.of().formatHex(digest.digest());
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

}
