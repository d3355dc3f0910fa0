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

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.event.ApplicationEventMulticaster;
import org.springframework.context.support.AbstractApplicationContext;

/**
 * Publishes to the listeners of a context and, as Spring does, of its ancestors, but not
 * to those of a context that has tasks of its own, nor beyond: they would take what has
 * happened to another instance for what has happened to theirs.
 */
class OwnEventPublisher implements ApplicationEventPublisher {

	private final ApplicationContext context;

	private final ContextHierarchy hierarchy;

	OwnEventPublisher(ApplicationContext context) {
		this.context = context;
		this.hierarchy = new ContextHierarchy(context);
	}

	@Override
	public void publishEvent(Object event) {
		ApplicationEvent published = (event instanceof ApplicationEvent own) ? own
				: new PayloadApplicationEvent<>(this.context, event);
		this.hierarchy.own().forEach((context) -> multicast(context, published));
	}

	private static void multicast(ApplicationContext context, ApplicationEvent event) {
		if (context instanceof ConfigurableApplicationContext configurable && configurable.isActive()) {
			configurable.getBeanFactory()
				.getBean(AbstractApplicationContext.APPLICATION_EVENT_MULTICASTER_BEAN_NAME,
						ApplicationEventMulticaster.class)
				.multicastEvent(event);
		}
	}

}
