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

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.matcher.ElementMatchers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link Mutations}, {@link FreezePoints} and {@link WallClock}, in processes
 * of their own: what is changed there must not stay changed here.
 */
class MutationsTests {

	private static final String CLOCK = "clock ahead by minutes: 60";

	private static final String LEASE = "old contact is old: true";

	private static final String COUNTED = "counted in long ago: false";

	private static final String PLAN = "second member: 1 new;";

	private static final String HEARTBEAT = "heartbeat while waiting: something is done";

	private static final String PROOFS = "proofs: CLOSED-REFUSED CLOSED-OTHER_PROCESS";

	@Test
	void withoutMutationOnlyTheClockCanBeSet() throws IOException {
		assertThat(output("-")).containsExactly(CLOCK, LEASE, COUNTED, PLAN, HEARTBEAT, PROOFS);
	}

	@Test
	void aMutationLetsTheLeaseCountFromTheAnswer() throws IOException {
		assertThat(output("LEASE_FROM_RESPONSE")).containsExactly(CLOCK, "old contact is old: false", COUNTED, PLAN,
				HEARTBEAT, PROOFS);
	}

	@Test
	void aMutationEndsTheHeartbeatsOfTheSecondConnection() throws IOException {
		assertThat(output("NO_SECOND_CONNECTION")).containsExactly(CLOCK, LEASE, COUNTED, PLAN,
				"heartbeat while waiting: nothing is done", PROOFS);
	}

	@Test
	void aMutationGivesAwayWhatIsBeingRevoked() throws IOException {
		assertThat(output("GIVE_AWAY_EARLY")).containsExactly(CLOCK, LEASE, COUNTED, "second member: 0 new;1 new;",
				HEARTBEAT, PROOFS);
	}

	@Test
	void aMutationGivesEveryOwnerTheSameToken() throws IOException {
		assertThat(output("TOKEN_NOT_RAISED")).containsExactly(CLOCK, LEASE, COUNTED, "second member: 1 old;",
				HEARTBEAT, PROOFS);
	}

	@Test
	void aMutationForgetsWhatHasRun() throws IOException {
		assertThat(output("RUNS_AGAIN")).containsExactly(CLOCK, LEASE, "counted in long ago: true", PLAN, HEARTBEAT,
				PROOFS);
	}

	@Test
	void aMutationTakesSilenceForAProof() throws IOException {
		assertThat(output("EVICT_ON_TIMEOUT")).containsExactly(CLOCK, LEASE, COUNTED, PLAN, HEARTBEAT,
				"proofs: CLOSED-REFUSED CLOSED-OTHER_PROCESS CLOSED-NONE FAILED-NONE");
	}

	@Test
	void aMutationTakesAResetForAProof() throws IOException {
		assertThat(output("EVICT_ON_RESET")).containsExactly(CLOCK, LEASE, COUNTED, PLAN, HEARTBEAT,
				"proofs: CLOSED-REFUSED CLOSED-OTHER_PROCESS FAILED-REFUSED");
	}

	@Test
	void aTargetThatIsNotThereIsAFailure() {
		Patch noMethod = new Patch("io.distributedtask.faults.mutation.MutationsTests$Target",
				ElementMatchers.named("other"), Advices.DoNothing.class);
		assertThatIllegalStateException().isThrownBy(() -> Mutations.install(List.of(noMethod)))
			.withMessageContaining("MutationsTests$Target could not be changed")
			.havingCause()
			.withMessageContaining("has 0 methods");
		Patch noClass = new Patch("io.distributedtask.faults.NoSuchClass", ElementMatchers.named("method"),
				Advices.DoNothing.class);
		assertThatIllegalStateException().isThrownBy(() -> Mutations.install(List.of(noClass)))
			.withMessageContaining("no io.distributedtask.faults.NoSuchClass");
	}

	@ParameterizedTest
	@EnumSource
	@EnabledOnOs(OS.LINUX)
	void aProcessFreezesItselfOnceAtItsPoint(FreezePoint point) throws IOException {
		Process process = start("-", point.name());
		try (BufferedReader out = reader(process)) {
			assertThat(out.readLine()).isEqualTo("reached " + process.pid());
			await().atMost(Duration.ofSeconds(60)).until(() -> state(process) == 'T');
			signal("CONT", process);
			assertThat(out.readLine()).isEqualTo("went on");
			assertThat(state(process)).isNotEqualTo('T');
		}
		finally {
			process.destroyForcibly();
		}
	}

	private static void signal(String signal, Process process) throws IOException {
		new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start().onExit().join();
	}

	private static char state(Process process) throws IOException {
		String stat = Files.readString(Path.of("/proc", String.valueOf(process.pid()), "stat"));
		return stat.charAt(stat.lastIndexOf(')') + 2);
	}

	private static List<String> output(String... args) throws IOException {
		List<String> lines = new ArrayList<>();
		Process process = start(args);
		try (BufferedReader out = reader(process)) {
			out.lines().forEach(lines::add);
		}
		return lines;
	}

	private static BufferedReader reader(Process process) {
		return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
	}

	private static Process start(String... args) throws IOException {
		String agent = ByteBuddyAgent.class.getProtectionDomain().getCodeSource().getLocation().getPath();
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-javaagent:" + agent,
						"-Xmx128m", "-cp", System.getProperty("java.class.path"), MutatedProcess.class.getName()));
		command.addAll(List.of(args));
		return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
	}

	static class Target {

		void method() {
		}

	}

}
