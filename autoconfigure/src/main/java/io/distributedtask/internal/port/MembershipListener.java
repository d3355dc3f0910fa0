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

package io.distributedtask.internal.port;

import io.distributedtask.event.GroupRebalancedEvent;
import io.distributedtask.event.InstanceCrashedEvent;
import io.distributedtask.event.MembershipLostEvent;
import io.distributedtask.event.OperatorDecisionEvent;
import io.distributedtask.event.TaskAssignedEvent;
import io.distributedtask.event.TaskLostEvent;
import io.distributedtask.event.TaskRevokedEvent;

/**
 * Receives events, in order, on the thread on which they happened. Returns at once and
 * throws nothing.
 */
public interface MembershipListener {

	/**
	 * Something happened.
	 * @param event a {@link TaskAssignedEvent}, {@link TaskRevokedEvent},
	 * {@link TaskLostEvent}, {@link GroupRebalancedEvent}, {@link MembershipLostEvent},
	 * {@link InstanceCrashedEvent} or {@link OperatorDecisionEvent}
	 */
	void on(Record event);

}
