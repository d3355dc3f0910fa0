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

package io.distributedtask.faults.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Does to connections between processes of this machine what firewalls, proxies and
 * networks do, by the kernel's packet filter: no process in between is needed, so both
 * ends see each other's addresses. Wants Linux, iptables, ss and the rights to use them.
 * <p>
 * All rules are in chains of its own and name exactly one port of the loopback interface
 * each. The chains are removed when this is closed, or when this process dies. Safe for
 * any thread.
 */
public final class Firewall implements AutoCloseable {

	private static final int COMMAND_SECONDS = 20;

	private static final int SELF_TEST_MILLIS = 2000;

	/** A reset that answers a packet is itself a packet that must get through. */
	private static final List<String> NO_RESET = List.of("--tcp-flags", "RST", "NONE");

	private static final List<String> RESET = List.of("-j", "REJECT", "--reject-with", "tcp-reset");

	private static final List<String> DROP = List.of("-j", "DROP");

	private final String arriving = "DT-LAB-IN-" + ProcessHandle.current().pid();

	private final String leaving = "DT-LAB-OUT-" + ProcessHandle.current().pid();

	private final Map<Integer, List<List<String>>> rules = new HashMap<>();

	private @Nullable Process guard;

	private @Nullable String missing;

	private Firewall() {
	}

	/**
	 * Begin to use the packet filter, if that is possible.
	 * @return a firewall without rules
	 */
	public static Firewall open() {
		Firewall firewall = new Firewall();
		try {
			firewall.createChains();
			firewall.testCut();
		}
		catch (IOException | IllegalStateException ex) {
			firewall.close();
			firewall.missing = ex.getMessage();
		}
		return firewall;
	}

	/**
	 * What this machine lacks, so that nothing else can be called; {@code null} if it
	 * can.
	 */
	public @Nullable String missing() {
		return this.missing;
	}

	private void createChains() throws IOException {
		iptables("-S");
		String remove = """
				trap '' INT TERM HUP; cat > /dev/null
				iptables -w -D INPUT -i lo -p tcp -j %1$s; iptables -w -F %1$s; iptables -w -X %1$s
				iptables -w -D OUTPUT -o lo -p tcp -j %2$s; iptables -w -F %2$s; iptables -w -X %2$s
				iptables -w -t nat -D OUTPUT -o lo -p tcp -j %2$s
				iptables -w -t nat -F %2$s; iptables -w -t nat -X %2$s
				""".formatted(this.arriving, this.leaving);
		// its standard input ends when this process does
		this.guard = new ProcessBuilder("sh", "-c", remove).redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
		iptables("-N", this.arriving);
		iptables("-A", "INPUT", "-i", "lo", "-p", "tcp", "-j", this.arriving);
		iptables("-N", this.leaving);
		iptables("-A", "OUTPUT", "-o", "lo", "-p", "tcp", "-j", this.leaving);
		iptables("-t", "nat", "-N", this.leaving);
		iptables("-t", "nat", "-A", "OUTPUT", "-o", "lo", "-p", "tcp", "-j", this.leaving);
	}

	/**
	 * A kernel may be built without that, and then ss says nothing of it.
	 */
	private void testCut() throws IOException {
		InetAddress loopback = InetAddress.getByName("127.0.0.1");
		try (ServerSocket server = new ServerSocket(0, 1, loopback);
				Socket client = new Socket(loopback, server.getLocalPort());
				Socket accepted = server.accept()) {
			cut(server.getLocalPort());
			requireReset(client);
			requireReset(accepted);
		}
	}

	private static void requireReset(Socket socket) throws IOException {
		socket.setSoTimeout(SELF_TEST_MILLIS);
		try {
			socket.getInputStream().read();
		}
		catch (SocketException ex) {
			return;
		}
		catch (SocketTimeoutException ex) {
			throw new IllegalStateException("this kernel does not let ss end connections", ex);
		}
		throw new IllegalStateException("ss does not reset connections on this machine");
	}

	/**
	 * End all connections from and to a port: both sides see a failure, no orderly end.
	 */
	public void cut(int port) {
		execute(List.of("ss", "-K", "-t", "state", "established",
				"( sport = :%1$d or dport = :%1$d )".formatted(port)));
	}

	/**
	 * Drop what is sent to a port, or what is sent from it, or both.
	 */
	public void drop(int port, boolean to, boolean from) {
		if (to) {
			add(port, rule(this.arriving, "--dport", port, List.of(), DROP));
		}
		if (from) {
			add(port, rule(this.arriving, "--sport", port, List.of(), DROP));
		}
	}

	/**
	 * Answer whatever is sent to a port, and from it, with a reset.
	 */
	public void reject(int port) {
		add(port, rule(this.arriving, "--dport", port, NO_RESET, RESET));
		add(port, rule(this.leaving, "--sport", port, NO_RESET, RESET));
	}

	/**
	 * Let new connections to a port go to another one, as the address of a service or a
	 * proxy does.
	 */
	public void redirect(int port, int to) {
		List<String> rule = new ArrayList<>(List.of("-t", "nat"));
		rule.addAll(rule(this.leaving, "--dport", port, List.of(), List.of("-j", "REDIRECT", "--to-ports", "" + to)));
		add(port, rule);
	}

	/**
	 * Remove all rules of a port.
	 */
	public synchronized void heal(int port) {
		List<List<String>> ofThePort = this.rules.remove(port);
		if (ofThePort != null) {
			ofThePort.forEach((rule) -> iptables(with(rule, "-D")));
		}
	}

	private static List<String> rule(String chain, String side, int port, List<String> matches, List<String> target) {
		List<String> rule = new ArrayList<>(List.of(chain, "-p", "tcp", side, String.valueOf(port)));
		rule.addAll(matches);
		rule.addAll(target);
		return rule;
	}

	private synchronized void add(int port, List<String> rule) {
		iptables(with(rule, "-A"));
		this.rules.computeIfAbsent(port, (key) -> new ArrayList<>()).add(rule);
	}

	/**
	 * The command is the word before the chain, after the table if that is named.
	 */
	private static List<String> with(List<String> rule, String command) {
		List<String> words = new ArrayList<>(rule);
		words.add(rule.get(0).equals("-t") ? 2 : 0, command);
		return words;
	}

	private static void iptables(String... words) {
		iptables(List.of(words));
	}

	private static void iptables(List<String> words) {
		List<String> command = new ArrayList<>(List.of("iptables", "-w"));
		command.addAll(words);
		execute(command);
	}

	private static void execute(List<String> command) {
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
			process.getOutputStream().close();
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
			if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
				throw new IllegalStateException("'%s' has failed: %s".formatted(String.join(" ", command), output));
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException("'%s' cannot be used: %s".formatted(command.get(0), ex.getMessage()), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted during '%s'".formatted(String.join(" ", command)), ex);
		}
	}

	/**
	 * Remove all rules and chains.
	 */
	@Override
	public synchronized void close() {
		Process current = this.guard;
		if (current != null) {
			try {
				current.getOutputStream().close();
				current.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

}
