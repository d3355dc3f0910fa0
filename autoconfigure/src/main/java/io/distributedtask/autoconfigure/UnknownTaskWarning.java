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

import java.util.ArrayList;
import java.util.List;

import io.distributedtask.TaskDefinition;
import io.distributedtask.internal.port.TaskRunner;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;

/**
 * Warns about settings of tasks that do not exist, once everybody who may bring tasks had
 * the time to do so: the application's runners and its sources of tasks.
 */
class UnknownTaskWarning implements ApplicationListener<ApplicationReadyEvent> {

	private final PropertiesTaskSettings settings;

	private final TaskSources sources;

	private final TaskRunner runner;

	private final ApplicationContext context;

	/**
	 * Create a warning.
	 * @param settings the settings
	 * @param sources may bring tasks
	 * @param runner knows the tasks
	 * @param context the application
	 */
	UnknownTaskWarning(PropertiesTaskSettings settings, TaskSources sources, TaskRunner runner,
			ApplicationContext context) {
		this.settings = settings;
		this.sources = sources;
		this.runner = runner;
		this.context = context;
	}

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		// that of a child context comes here, too
		if (event.getApplicationContext() == this.context) {
			this.sources.answered().thenRun(this::warn);
		}
	}

	private void warn() {
		List<PropertiesTaskSettings> elsewhere = new ArrayList<>();
		for (ApplicationContext it = this.context.getParent(); it != null; it = it.getParent()) {
			it.getBeanProvider(PropertiesTaskSettings.class).ifAvailable(elsewhere::add);
		}
		this.settings.warnAboutUnknownTasks(this.runner.tasks().stream().map(TaskDefinition::name).toList(), elsewhere);
	}

}
