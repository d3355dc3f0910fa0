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

	private final TaskCatalog catalogue;

	private EarlyGrants(Map<TaskId, String> target, Map<String, String> memberIds, TaskCatalog catalogue) {
		this.target = target;
		this.memberIds = memberIds;
		this.catalogue = catalogue;
	}

	static void begin(Map<TaskId, String> target, Map<String, String> memberIds, TaskCatalog catalogue) {
		current.set(new EarlyGrants(target, memberIds, catalogue));
	}

	static void end() {
		current.remove();
	}

	static void revoked(Object drafts, TaskId id, Holder holder) {
		EarlyGrants planning = current.get();
		if (planning == null) {
			return;
		}
		String owner = planning.target.get(id);
		String memberId = (owner != null) ? planning.memberIds.get(owner) : null;
		TaskDefinition task = planning.catalogue.definitions().get(id.name());
		if (memberId != null && task != null && !memberId.equals(holder.memberId())) {
			grant(drafts, id, task, memberId);
		}
	}

	private static void grant(Object drafts, TaskId id, TaskDefinition task, String memberId) {
		try {
			Method grant = drafts.getClass()
				.getDeclaredMethod("grant", TaskId.class, TaskDefinition.class, String.class);
			grant.setAccessible(true);
			grant.invoke(drafts, id, task, memberId);
		}
		catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException ex) {
			throw new IllegalStateException("The planner is not as it was when this mistake was written", ex);
		}
	}

	/**
	 * Around {@code Planner.plan}.
	 */
	public static final class Plan {

		private Plan() {
		}

		@Advice.OnMethodEnter
		static void enter(@Advice.Argument(0) Map<TaskId, String> target,
				@Advice.FieldValue("memberIds") Map<String, String> memberIds,
				@Advice.FieldValue("catalogue") TaskCatalog catalogue) {
			EarlyGrants.begin(target, memberIds, catalogue);
		}

		@Advice.OnMethodExit(onThrowable = Throwable.class)
		static void exit() {
			EarlyGrants.end();
		}

	}

	/**
	 * After {@code Planner.Drafts.keepOrRevoke}.
	 */
	public static final class Revocation {

		private Revocation() {
		}

		@Advice.OnMethodExit
		static void exit(@Advice.This Object drafts, @Advice.Argument(0) TaskId id, @Advice.Argument(1) Holder holder,
				@Advice.Argument(2) boolean kept) {
			if (!kept) {
				EarlyGrants.revoked(drafts, id, holder);
			}
		}

	}

}
