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

package io.distributedtask.faults.instance;

import io.distributedtask.event.GroupRebalancedEvent;
import io.distributedtask.event.InstanceCrashedEvent;
import io.distributedtask.faults.history.HistoryEvent.Kind;
import io.distributedtask.faults.history.HistoryWriter;
import io.distributedtask.faults.mutation.WatchProbes;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

/**
 * Writes down what an instance is told of the group and of other instances, and what its
 * crash watch takes for proven before anybody is told.
 */
@Configuration(proxyBeanMethods = false)
class InstanceEvents implements WatchProbes.Observer {

	private final HistoryWriter history;

	InstanceEvents(HistoryWriter history) {
		this.history = history;
		WatchProbes.observe(this);
	}

	@EventListener
	void rebalanced(GroupRebalancedEvent event) {
		this.history.write(Kind.REBALANCED, event.generation() + " " + event.leader());
	}

	@EventListener
	void crashed(InstanceCrashedEvent event) {
		this.history.write(Kind.CRASHED, event.instance() + " " + event.duration().toMillis());
	}

	@Override
	public void watched(String incarnation) {
		this.history.write(Kind.WATCHED, incarnation);
	}

	@Override
	public void foundEnded(String instance, String incarnation, long sinceNanos) {
		this.history.write(sinceNanos, Kind.FOUND_ENDED, instance + " " + incarnation);
	}

}
