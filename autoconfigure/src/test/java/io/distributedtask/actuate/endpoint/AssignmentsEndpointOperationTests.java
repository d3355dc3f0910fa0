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

package io.distributedtask.actuate.endpoint;

import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;

import io.distributedtask.Assignments;
import io.distributedtask.Assignments.Group;
import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.Assignments.Source;
import io.distributedtask.Assignments.Task;
import io.distributedtask.DistributedTasks;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mock;

/**
 * Tests for the write operations of {@link AssignmentsEndpoint} and
 * {@link AssignmentsEndpointWebExtension}.
 */
class AssignmentsEndpointOperationTests {

	private final DistributedTasks tasks = mock(DistributedTasks.class);

	private final AssignmentsEndpointWebExtension endpoint = new AssignmentsEndpointWebExtension(
			new AssignmentsEndpoint(this.tasks, mock(AssignmentHistory.class)));

	@Test
	void tasksArePausedAndResumed() {
		assertThat(done(this.endpoint.change("crawler", "pause", null, null)))
			.isEqualTo(new OperationDescriptor("pause", "crawler", null, null, null, null));
		then(this.tasks).should().pause("crawler");
		done(this.endpoint.change("crawler", "resume", null, null));
		then(this.tasks).should().resume("crawler");
	}

	@Test
	void aRunNamesTheOwner() {
		given(this.tasks.run("crawler", 3)).willReturn("shop-2");
		assertThat(done(this.endpoint.change("crawler", "run", "3", null)))
			.isEqualTo(new OperationDescriptor("run", "crawler", 3, null, "shop-2", null));
	}

	@Test
	void aShardIsMovedAndCleared() {
		assertThat(done(this.endpoint.change("crawler", "move", "1", "shop-2")))
			.isEqualTo(new OperationDescriptor("move", "crawler", 1, "shop-2", null, null));
		then(this.tasks).should().move("crawler", 1, "shop-2");
		done(this.endpoint.change("crawler", "clear", "1", null));
		then(this.tasks).should().clear("crawler", 1);
	}

	@Test
	void theShardMayBeLeftOutWhereThereIsOne() {
		given(this.tasks.assignments()).willReturn(group(new Task("report", 1, 1, "", false, List.of()),
				new Task("crawler", 16, 1, "", false, List.of())));
		done(this.endpoint.change("report", "run", null, null));
		then(this.tasks).should().run("report", 0);
		assertThat(refused(this.endpoint.change("crawler", "run", null, null), 400))
			.isEqualTo("Task 'crawler' has 16 shards: select one by 'shard'");
	}

	@Test
	void theGroupIsPausedResumedAndRebalanced() {
		assertThat(done(this.endpoint.changeGroup("pause", null, null, null)))
			.isEqualTo(new OperationDescriptor("pause", null, null, null, null, null));
		then(this.tasks).should().pauseAll();
		done(this.endpoint.changeGroup("resume", null, null, null));
		then(this.tasks).should().resumeAll();
		done(this.endpoint.changeGroup("rebalance", null, "because", null));
		then(this.tasks).should().rebalance("because");
		done(this.endpoint.changeGroup("rebalance", null, null, null));
		then(this.tasks).should().rebalance("requested by an operator");
	}

	@Test
	void anInstanceIsDrainedAndTakenBack() {
		assertThat(done(this.endpoint.changeGroup("drain", "shop-2", null, null)))
			.isEqualTo(new OperationDescriptor("drain", null, null, "shop-2", null, null));
		then(this.tasks).should().drain("shop-2");
		done(this.endpoint.changeGroup("undrain", "shop-2", null, null));
		then(this.tasks).should().undrain("shop-2");
	}

	@Test
	void badInputIs400AndSaysWhatIsWrong() {
		assertThat(refused(this.endpoint.change("crawler", null, null, null), 400)).isEqualTo("'action' is missing");
		assertThat(refused(this.endpoint.change("crawler", "explode", null, null), 400))
			.isEqualTo("There is no action 'explode' for a task: choose one of pause, resume, run, move, clear");
		assertThat(refused(this.endpoint.change("crawler", "run", "x", null), 400))
			.isEqualTo("'shard' must be a number, and is 'x'");
		assertThat(refused(this.endpoint.change("crawler", "move", "1", " "), 400)).isEqualTo("'instance' is missing");
		assertThat(refused(this.endpoint.changeGroup("drain", null, null, null), 400))
			.isEqualTo("'instance' is missing");
		assertThat(refused(this.endpoint.changeGroup("move", null, null, null), 400)).contains("no action 'move'")
			.contains("pause, resume, rebalance, drain, undrain");
	}

	@Test
	void whoMeansLessThanTheWholeDoesNotGetTheWhole() {
		assertThat(refused(this.endpoint.changeGroup("pause", "shop-2", null, null), 400))
			.isEqualTo("pause is about the whole group: leave out 'instance'");
		assertThat(refused(this.endpoint.changeGroup("pause", null, null, "crawler"), 400))
			.contains("POST to assignments/{task}");
		assertThat(refused(this.endpoint.change("crawler", "pause", "3", null), 400))
			.isEqualTo("pause is about all shards of the task: leave out 'shard'");
		assertThat(refused(this.endpoint.change("crawler", "resume", null, "shop-2"), 400)).contains("'instance'");
		assertThat(refused(this.endpoint.change("crawler", "run", "3", "shop-2"), 400)).contains("'instance'");
		then(this.tasks).shouldHaveNoInteractions();
	}

	@Test
	void aReasonIsOneLineInTheLog() {
		done(this.endpoint.changeGroup("rebalance", null, " new\nline " + "x".repeat(300), null));
		then(this.tasks).should().rebalance("new line " + "x".repeat(191));
	}

	@Test
	void whatIsNotKnownIs404AndWhatIsNotPossibleNow409() {
		willThrow(new NoSuchElementException("No live instance knows a task 'x'")).given(this.tasks).pause("x");
		assertThat(refused(this.endpoint.change("x", "pause", null, null), 404))
			.isEqualTo("No live instance knows a task 'x'");
		given(this.tasks.run("crawler", 0)).willThrow(new IllegalStateException("It is paused"));
		assertThat(refused(this.endpoint.change("crawler", "run", "0", null), 409)).isEqualTo("It is paused");
	}

	private static OperationDescriptor done(WebEndpointResponse<OperationDescriptor> response) {
		assertThat(response.getStatus()).isEqualTo(200);
		return response.getBody();
	}

	private static String refused(WebEndpointResponse<OperationDescriptor> response, int status) {
		assertThat(response.getStatus()).isEqualTo(status);
		return response.getBody().message();
	}

	private static Assignments group(Task... tasks) {
		return new Assignments(new Group("shop-tasks", GroupStatus.STABLE, 12, "sticky", "shop-1", null), "shop-1",
				Source.COORDINATOR, Instant.EPOCH, List.of(), List.of(tasks));
	}

}
