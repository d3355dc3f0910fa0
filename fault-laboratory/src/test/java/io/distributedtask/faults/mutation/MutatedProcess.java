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

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;

import io.distributedtask.internal.leader.LeaderProbe;
import io.distributedtask.internal.member.MemberProbe;
import io.distributedtask.internal.port.Clocks;

/**
 * A process with a mistake in the code under test, or without one, that says how that
 * code behaves.
 */
public final class MutatedProcess {

	private MutatedProcess() {
	}

	public static void main(String[] args) throws Exception {
		Mutations.install(args[0].equals("-") ? null : Mutation.valueOf(args[0]));
		if (args.length > 1) {
			freeze(FreezePoint.valueOf(args[1]));
			return;
		}
		WallClock.shift(Duration.ofHours(1));
		System.out.println("clock ahead by minutes: "
				+ Duration.ofMillis(Clocks.SYSTEM.millis() - System.currentTimeMillis()).toMinutes());
		WallClock.shift(Duration.ZERO);
		System.out.println("old contact is old: " + (MemberProbe.ageOfAnOldContact().toSeconds() >= 10));
		System.out.println("counted in long ago: " + (MemberProbe.sinceOwnersWereCountedIn().toMinutes() >= 30));
		System.out.println("second member: " + LeaderProbe.secondMembersGrants());
		System.out.println("heartbeat while waiting: " + heartbeatWhileWaiting());
		System.out.println("proofs: " + proofs());
	}

	private static void freeze(FreezePoint point) {
		FreezePoints.arm((point == FreezePoint.LEADER) ? FreezePoint.JOINER : FreezePoint.LEADER,
				() -> System.out.println("wrong point"));
		FreezePoints.arm(point, () -> System.out.println("reached " + ProcessHandle.current().pid()));
		FreezePoints.memberJoins();
		FreezePoints.leaderHasPlan();
		FreezePoints.memberJoins();
		FreezePoints.leaderHasPlan();
		System.out.println("went on");
		new Scanner(System.in).hasNext();
	}

	/**
	 * A client that was never built fails as soon as it does anything.
	 */
	private static String heartbeatWhileWaiting() throws ReflectiveOperationException {
		Class<?> type = Class.forName("io.distributedtask.internal.group.Heartbeats");
		Object client = neverBuilt(type);
		Method method = type.getDeclaredMethod("whileWaiting");
		method.setAccessible(true);
		try {
			method.invoke(client);
			return "nothing is done";
		}
		catch (InvocationTargetException ex) {
			return "something is done";
		}
	}

	/**
	 * What the crash watch takes for a proof that a process has ended.
	 */
	private static String proofs() throws ReflectiveOperationException {
		Class<?> type = Class.forName("io.distributedtask.internal.watch.Evidence");
		Class<?> endings = Class.forName(type.getName() + "$Ending");
		Class<?> answers = Class.forName(type.getName() + "$Answer");
		Method method = type.getDeclaredMethod("isProof", endings, answers);
		method.setAccessible(true);
		List<String> proofs = new ArrayList<>();
		for (Object ending : endings.getEnumConstants()) {
			for (Object answer : answers.getEnumConstants()) {
				if ((boolean) method.invoke(null, ending, answer)) {
					proofs.add(ending + "-" + answer);
				}
			}
		}
		return String.join(" ", proofs);
	}

	private static Object neverBuilt(Class<?> type) throws ReflectiveOperationException {
		// by its name, for the compiler warns of it
		Class<?> factory = Class.forName("sun.reflect.ReflectionFactory");
		Object instance = factory.getMethod("getReflectionFactory").invoke(null);
		Constructor<?> constructor = (Constructor<?>) factory
			.getMethod("newConstructorForSerialization", Class.class, Constructor.class)
			.invoke(instance, type, Object.class.getDeclaredConstructor());
		return constructor.newInstance();
	}

}
