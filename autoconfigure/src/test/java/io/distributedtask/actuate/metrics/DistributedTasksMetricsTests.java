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

package io.distributedtask.actuate.metrics;

import java.util.List;

import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.DistributedTasks;
import io.distributedtask.Membership;
import io.distributedtask.TaskId;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link DistributedTasksMetrics}.
 */
class DistributedTasksMetricsTests {

	private final DistributedTasks distributedTasks = mock(DistributedTasks.class);

	@Test
	void countsStuckShards() {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		new DistributedTasksMetrics(this.distributedTasks).bindTo(registry);
		Gauge gauge = registry.get("distributed.task.stuck").gauge();
		stuck(List.of());
		assertThat(gauge.value()).isZero();
		stuck(List.of(new TaskId("crawler", 3), new TaskId("crawler", 4)));
		assertThat(gauge.value()).isEqualTo(2);
		assertThat(gauge.getId().getBaseUnit()).isEqualTo("shards");
		assertThat(gauge.getId().getDescription()).contains("revoke timeout");
	}

	private void stuck(List<TaskId> stuck) {
		given(this.distributedTasks.membership())
			.willReturn(new Membership("shop-1", GroupStatus.STABLE, 12, null, 0, stuck, null, false));
	}

}
