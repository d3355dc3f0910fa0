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

package io.distributedtask.internal.execution;

import java.util.Optional;
import java.util.function.Supplier;

import io.distributedtask.TaskContext;
import io.distributedtask.observation.DefaultTaskRunObservationConvention;
import io.distributedtask.observation.TaskRunObservationContext;
import io.distributedtask.observation.TaskRunObservationContext.Outcome;
import io.distributedtask.observation.TaskRunObservationConvention;
import io.distributedtask.observation.TaskRunObservationDocumentation;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Observes runs. The observation is started, is current, and ends on the thread of the
 * run. An observer that fails is reported, and affects no run.
 */
public final class RunObserver {

	/** Does not observe anything. */
	public static final RunObserver NONE = new RunObserver(() -> ObservationRegistry.NOOP, Optional::empty, () -> "",
			"");

	private static final Logger logger = LoggerFactory.getLogger(RunObserver.class);

	private static final TaskRunObservationConvention DEFAULT_CONVENTION = new DefaultTaskRunObservationConvention();

	private final Supplier<ObservationRegistry> registry;

	private final Supplier<Optional<TaskRunObservationConvention>> convention;

	private final Supplier<String> instance;

	private final String group;

	/**
	 * Create an observer.
	 * @param registry finds the registry when a run begins
	 * @param convention finds the application's convention, if it has one
	 * @param instance finds the name of the instance
	 * @param group the group id
	 */
	public RunObserver(Supplier<ObservationRegistry> registry,
			Supplier<Optional<TaskRunObservationConvention>> convention, Supplier<String> instance, String group) {
		this.registry = registry;
		this.convention = convention;
		this.instance = instance;
		this.group = group;
	}

	/**
	 * A run begins on the calling thread, and has to end on it.
	 */
	ObservedRun begin(TaskContext task) {
		try {
			ObservationRegistry registry = this.registry.get();
			return registry.isNoop() ? unobserved(task) : begin(task, registry);
		}
		catch (Throwable ex) {
			// an error, too: a handler may be present in an incompatible version
			logger.warn("A run of {} cannot be observed", task, ex);
			return unobserved(task);
		}
	}

	private ObservedRun begin(TaskContext task, ObservationRegistry registry) {
		TaskRunObservationContext context = new TaskRunObservationContext(task, this.instance.get(), this.group);
		Observation observation = TaskRunObservationDocumentation.RUN.observation(this.convention.get().orElse(null),
				DEFAULT_CONVENTION, () -> context, registry);
		Observation.Scope former = registry.getCurrentObservationScope();
		observation.start();
		try {
			return new ObservedRun(context, observation, observation.openScope());
		}
		catch (Throwable ex) {
			// the scope may be current nevertheless, and this thread is used again
			registry.setCurrentObservationScope(former);
			observation.stop();
			throw ex;
		}
	}

	private static ObservedRun unobserved(TaskContext task) {
		return new ObservedRun(new TaskRunObservationContext(task, "", ""), Observation.NOOP, Observation.Scope.NOOP);
	}

	/**
	 * A run that is being observed.
	 *
	 * @param context what is known of it
	 * @param observation the observation
	 * @param scope in which the observation is current
	 */
	record ObservedRun(TaskRunObservationContext context, Observation observation, Observation.Scope scope) {

		void end(@Nullable Throwable failure, boolean stopped) {
			this.context.setOutcome((failure != null) ? Outcome.ERROR : stopped ? Outcome.STOPPED : Outcome.SUCCESS);
			if (failure != null) {
				guarded(() -> this.observation.error(failure));
			}
			guarded(this.scope::close);
			guarded(this.observation::stop);
		}

		private void guarded(Runnable call) {
			try {
				call.run();
			}
			catch (Throwable ex) {
				logger.warn("The end of a run of {} cannot be observed", this.context.getTask(), ex);
			}
		}

	}

}
