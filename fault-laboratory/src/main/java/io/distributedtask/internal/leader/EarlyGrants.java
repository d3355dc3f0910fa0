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

package io.distributedtask.internal.leader;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Map;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.internal.leader.Claims.Holder;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/**
 * A planner that gives a shard to its next owner before the former one has given it back:
 * a mistake that the laboratory has to find. Lives in this package for the sake of the
 * types that the planner speaks of.
 */
public final class EarlyGrants {

	private static final ThreadLocal<@Nullable EarlyGrants> current = new ThreadLocal<>();

	private final Map<TaskId, String> target;

	private final Map<String, String> memberIds;

	private final TaskCatalog catalog;

	private EarlyGrants(Map<TaskId, String> target, Map<String, String> memberIds, TaskCatalog catalog) {
		this.target = target;
		this.memberIds = memberIds;
		this.catalog = catalog;
	}

	static void begin(Map<TaskId, String> target, Map<String, String> memberIds, TaskCatalog catalog) {
		current.set(new EarlyGrants(target, memberIds, catalog));
	}

	static void end() {
		current.remove();
	}

	static void revoked(Object planner, TaskId id, Holder holder) {
		EarlyGrants planning = current.get();
		if (planning == null) {
			return;
		}
		String owner = planning.target.get(id);
		String memberId = (owner != null) ? planning.memberIds.get(owner) : null;
		TaskDefinition task = planning.catalog.definitions().get(id.name());
		if (memberId != null && task != null && !memberId.equals(holder.memberId())) {
			grant(planner, id, task, memberId);
		}
	}

	private static void grant(Object planner, TaskId id, TaskDefinition task, String memberId) {
		try {
			Method grant = planner.getClass()
				.getDeclaredMethod("grant", TaskId.class, TaskDefinition.class, String.class);
			grant.setAccessible(true);
			grant.invoke(planner, id, task, memberId);
		}
		catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException ex) {
			throw new IllegalStateException("The planner is not as it was when this mistake was written", ex);
		}
	}

	/**
	 * Around {@code HandOverPlanner.plan}.
	 */
	public static final class Plan {

		private Plan() {
		}

		@Advice.OnMethodEnter
		static void enter(@Advice.Argument(0) Map<TaskId, String> target,
				@Advice.FieldValue("memberIds") Map<String, String> memberIds,
				@Advice.FieldValue("facts") RoundFacts facts) {
			EarlyGrants.begin(target, memberIds, facts.catalog());
		}

		@Advice.OnMethodExit(onThrowable = Throwable.class)
		static void exit() {
			EarlyGrants.end();
		}

	}

	/**
	 * After {@code HandOverPlanner.keepOrRevoke}.
	 */
	public static final class Revocation {

		private Revocation() {
		}

		@Advice.OnMethodExit
		static void exit(@Advice.This Object planner, @Advice.Argument(0) TaskId id, @Advice.Argument(1) Holder holder,
				@Advice.Argument(2) boolean kept) {
			if (!kept) {
				EarlyGrants.revoked(planner, id, holder);
			}
		}

	}

}
