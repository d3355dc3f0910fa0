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

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.matcher.ElementMatchers;
import net.bytebuddy.utility.JavaModule;
import org.jspecify.annotations.Nullable;

/**
 * Changes the code under test while its classes are loaded: the laboratory's own probes
 * always, one mistake if it is wanted. A change whose target is not there any more is a
 * failure, not a laboratory that finds nothing.
 */
public final class Mutations {

	/** What the laboratory needs to reach into the code under test. */
	private static final List<Patch> PROBES = List.of(
			new Patch("io.distributedtask.internal.leader.Leader",
					ElementMatchers.named("plan").and(ElementMatchers.takesArguments(2)), Advices.LeaderHasPlan.class),
			new Patch("io.distributedtask.internal.group.GroupConversation",
					ElementMatchers.named("memberBytes").and(ElementMatchers.takesNoArguments()),
					Advices.MemberJoins.class),
			new Patch("io.distributedtask.internal.group.CrashResponse",
					ElementMatchers.named("open").and(ElementMatchers.takesArguments(1)), Advices.Watched.class),
			new Patch("io.distributedtask.internal.group.CrashResponse",
					ElementMatchers.named("ended").and(ElementMatchers.takesArguments(2)), Advices.FoundEnded.class),
			new Patch("io.distributedtask.internal.watch.Reception",
					ElementMatchers.named("open").and(ElementMatchers.takesArguments(1)), Advices.Listens.class),
			new Patch("io.distributedtask.internal.port.Clocks$1",
					ElementMatchers.named("millis").and(ElementMatchers.takesNoArguments()), Advices.WrongTime.class));

	private Mutations() {
	}

	/**
	 * Change the code under test in this process. To be called before anything else is
	 * done. Wants the agent of Byte Buddy on the command line, or a virtual machine that
	 * lets one be attached.
	 * @param mutation the mistake to make, {@code null} for none
	 * @throws IllegalStateException if something to change is not as it was
	 */
	public static void install(@Nullable Mutation mutation) {
		List<Patch> patches = new ArrayList<>(PROBES);
		if (mutation != null) {
			patches.addAll(mutation.patches());
		}
		install(patches);
	}

	/**
	 * Change some methods. The changed classes are loaded here and now, so that it is
	 * known whether that went well.
	 * @param patches the changes
	 */
	public static void install(List<Patch> patches) {
		Map<String, List<Patch>> byType = new LinkedHashMap<>();
		patches.forEach((patch) -> byType.computeIfAbsent(patch.type(), (type) -> new ArrayList<>()).add(patch));
		Log log = new Log();
		AgentBuilder agent = new AgentBuilder.Default().disableClassFormatChanges()
			.with(AgentBuilder.RedefinitionStrategy.RETRANSFORMATION)
			.with(AgentBuilder.InitializationStrategy.NoOp.INSTANCE)
			.with(log);
		for (Map.Entry<String, List<Patch>> entry : byType.entrySet()) {
			agent = agent.type(ElementMatchers.named(entry.getKey()))
				.transform((builder, type, loader, module, domain) -> {
					DynamicType.Builder<?> changed = builder;
					for (Patch patch : entry.getValue()) {
						changed = patch.apply(changed, type);
					}
					return changed;
				});
		}
		agent.installOn(ByteBuddyAgent.install());
		byType.keySet().forEach(log::confirm);
	}

	/**
	 * Knows which classes were changed, and which could not be.
	 */
	private static final class Log extends AgentBuilder.Listener.Adapter {

		private final Map<String, Boolean> changed = new ConcurrentHashMap<>();

		private final Map<String, Throwable> failures = new ConcurrentHashMap<>();

		@Override
		public void onTransformation(TypeDescription type, @Nullable ClassLoader loader, @Nullable JavaModule module,
				boolean loaded, DynamicType dynamicType) {
			this.changed.put(type.getName(), true);
		}

		@Override
		public void onError(String type, @Nullable ClassLoader loader, @Nullable JavaModule module, boolean loaded,
				Throwable failure) {
			this.failures.put(type, failure);
		}

		private void confirm(String type) {
			try {
				Class.forName(type, false, Mutations.class.getClassLoader());
			}
			catch (ClassNotFoundException ex) {
				throw new IllegalStateException("There is no %s to be changed".formatted(type), ex);
			}
			Throwable failure = this.failures.get(type);
			if (failure != null || !this.changed.containsKey(type)) {
				throw new IllegalStateException("%s could not be changed".formatted(type), failure);
			}
		}

	}

}
