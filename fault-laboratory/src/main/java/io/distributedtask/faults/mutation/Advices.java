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

import java.nio.channels.ServerSocketChannel;
import java.time.Instant;
import java.util.List;

import net.bytebuddy.asm.Advice;

/**
 * Code that is copied into methods of the code under test. What it calls has to be
 * visible there, hence public.
 */
final class Advices {

	private Advices() {
	}

	/**
	 * See {@link Mutation#LEASE_FROM_RESPONSE}.
	 */
	static final class TimesOfTheAnswer {

		private TimesOfTheAnswer() {
		}

		@Advice.OnMethodEnter
		static void enter(@Advice.Argument(value = 0, readOnly = false) long nanos,
				@Advice.Argument(value = 1, readOnly = false) long millis) {
			nanos = System.nanoTime();
			millis = System.currentTimeMillis();
		}

	}

	/**
	 * See {@link Mutation#NO_SECOND_CONNECTION}.
	 */
	static final class DoNothing {

		private DoNothing() {
		}

		@Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
		static boolean enter() {
			return true;
		}

	}

	/**
	 * See {@link Mutation#TOKEN_NOT_RAISED}.
	 */
	static final class SameToken {

		private SameToken() {
		}

		@Advice.OnMethodExit
		static void exit(@Advice.FieldValue(value = "newToken", readOnly = false) long newToken) {
			newToken = 1;
		}

	}

	/**
	 * See {@link Mutation#RUNS_AGAIN}.
	 */
	static final class LongAgo {

		private LongAgo() {
		}

		@Advice.OnMethodExit
		static void exit(@Advice.Return(readOnly = false) Instant until) {
			until = until.minusSeconds(3600);
		}

	}

	/**
	 * See {@link Mutation#RUNS_AGAIN}.
	 */
	static final class NothingKnown {

		private NothingKnown() {
		}

		@Advice.OnMethodExit
		static void exit(@Advice.Return(readOnly = false) List<?> known) {
			known = List.of();
		}

	}

	/**
	 * See {@link Mutation#EVICT_ON_TIMEOUT}.
	 */
	static final class NoAnswerIsProof {

		private NoAnswerIsProof() {
		}

		@Advice.OnMethodExit
		static void exit(@Advice.Argument(1) Object answer, @Advice.Return(readOnly = false) boolean proof) {
			proof = proof || answer.toString().equals("NONE");
		}

	}

	/**
	 * See {@link Mutation#EVICT_ON_RESET}.
	 */
	static final class ResetIsProof {

		private ResetIsProof() {
		}

		@Advice.OnMethodExit
		static void exit(@Advice.Argument(0) Object ending, @Advice.Argument(1) Object answer,
				@Advice.Return(readOnly = false) boolean proof) {
			proof = proof || ending.toString().equals("FAILED") && answer.toString().equals("REFUSED");
		}

	}

	/**
	 * The process can be watched. Only if it is: without a crash watch there is no
	 * address.
	 */
	static final class Watched {

		private Watched() {
		}

		@Advice.OnMethodExit
		static void exit(@Advice.Argument(0) String incarnation, @Advice.Return Object address) {
			if (address != null) {
				WatchProbes.watched(incarnation);
			}
		}

	}

	/**
	 * The crash watch takes a process for ended.
	 */
	static final class FoundEnded {

		private FoundEnded() {
		}

		@Advice.OnMethodEnter
		static void enter(@Advice.Argument(0) Object member, @Advice.Argument(1) long sinceNanos) {
			WatchProbes.foundEnded(member, sinceNanos);
		}

	}

	/**
	 * The crash watch listens.
	 */
	static final class Listens {

		private Listens() {
		}

		@Advice.OnMethodExit
		static void exit(@Advice.FieldValue("server") ServerSocketChannel server) {
			WatchProbes.listens(server);
		}

	}

	/**
	 * The leader has a plan that nobody knows of yet.
	 */
	static final class LeaderHasPlan {

		private LeaderHasPlan() {
		}

		@Advice.OnMethodExit
		static void exit() {
			FreezePoints.leaderHasPlan();
		}

	}

	/**
	 * A member is about to join.
	 */
	static final class MemberJoins {

		private MemberJoins() {
		}

		@Advice.OnMethodExit
		static void exit() {
			FreezePoints.memberJoins();
		}

	}

	/**
	 * The wall clock is read.
	 */
	static final class WrongTime {

		private WrongTime() {
		}

		@Advice.OnMethodExit
		static void exit(@Advice.Return(readOnly = false) long millis) {
			millis = WallClock.wrong(millis);
		}

	}

}
