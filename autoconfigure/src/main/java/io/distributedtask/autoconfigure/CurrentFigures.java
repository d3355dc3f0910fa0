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

package io.distributedtask.autoconfigure;

import java.util.function.Supplier;

import io.distributedtask.actuate.metrics.InstanceFigures;
import io.distributedtask.actuate.metrics.InstanceFigures.TaskFigures;
import io.distributedtask.internal.engine.EngineFigures;
import io.distributedtask.internal.engine.TaskEngine;
import io.distributedtask.internal.execution.DefaultTaskRunner;

/**
 * The figures of the coordinator that was started last, and of what it runs.
 */
class CurrentFigures implements Supplier<InstanceFigures> {

	private final TaskEngineLifecycle lifecycle;

	private final DefaultTaskRunner runner;

	CurrentFigures(TaskEngineLifecycle lifecycle, DefaultTaskRunner runner) {
		this.lifecycle = lifecycle;
		this.runner = runner;
	}

	@Override
	public InstanceFigures get() {
		TaskEngine engine = this.lifecycle.current();
		if (engine == null) {
			return InstanceFigures.NONE;
		}
		EngineFigures figures = engine.figures();
		return new InstanceFigures(figures.generation(), figures.instances(), figures.leader(), figures.sinceContact(),
				figures.leaseRemaining(), figures.recordSize(), figures.recordLimit(),
				new TaskFigures(figures.owned(), figures.paused(), figures.unassigned(), this.runner.sinceSuccess()));
	}

}
