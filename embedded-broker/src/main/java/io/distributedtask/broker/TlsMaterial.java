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

package io.distributedtask.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Keys and certificates for one broker and one client, made anew with the JDK's keytool.
 * Both sides trust the other's certificate, which nobody else has signed.
 */
final class TlsMaterial implements AutoCloseable {

	static final String TYPE = "PKCS12";

	private final Path folder;

	private final String password = HexFormat.of().formatHex(new SecureRandom().generateSeed(16));

	TlsMaterial(String serverName, String clientName) {
		try {
			this.folder = Files.createTempDirectory("embedded-brokers-tls-");
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not create a temporary folder", ex);
		}
		generate("server", serverName);
		generate("client", clientName);
		trust("server", "client");
		trust("client", "server");
	}

	Path keyStore(String side) {
		return this.folder.resolve(side + "-key.p12");
	}

	/**
	 * The store with what a side trusts.
	 */
	Path trustStore(String side) {
		return this.folder.resolve(side + "-trust.p12");
	}

	String password() {
		return this.password;
	}

	private void generate(String side, String name) {
		keytool("-genkeypair", "-alias", side, "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "2", "-dname",
				"CN=" + name, "-ext", "SAN=dns:localhost,ip:127.0.0.1", "-keystore", keyStore(side).toString());
		keytool("-exportcert", "-alias", side, "-keystore", keyStore(side).toString(), "-file",
				certificate(side).toString());
	}

	private void trust(String side, String other) {
		keytool("-importcert", "-noprompt", "-alias", other, "-file", certificate(other).toString(), "-keystore",
				trustStore(side).toString());
	}

	private Path certificate(String side) {
		return this.folder.resolve(side + ".crt");
	}

	private void keytool(String... arguments) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
		command.addAll(List.of(arguments));
		// in a file: other users of the machine may read the arguments of a process
		command.addAll(List.of("-storetype", TYPE, "-storepass:file", passwordFile().toString()));
		Path output = this.folder.resolve("keytool.txt");
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(output.toFile())
				.start();
			if (!process.waitFor(60, TimeUnit.SECONDS)) {
				process.destroyForcibly();
				throw new IllegalStateException("keytool %s did not end".formatted(arguments[0]));
			}
			if (process.exitValue() != 0) {
				throw new IllegalStateException(
						"keytool %s failed: %s".formatted(arguments[0], Files.readString(output)));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not run keytool", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while keytool ran", ex);
		}
	}

	private Path passwordFile() {
		Path file = this.folder.resolve("password");
		try {
			return Files.exists(file) ? file : Files.writeString(file, this.password, StandardCharsets.US_ASCII);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not write '%s'".formatted(file), ex);
		}
	}

	@Override
	public void close() {
		try (Stream<Path> files = Files.walk(this.folder)) {
			for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
				Files.deleteIfExists(file);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not remove '%s'".formatted(this.folder), ex);
		}
	}

}
