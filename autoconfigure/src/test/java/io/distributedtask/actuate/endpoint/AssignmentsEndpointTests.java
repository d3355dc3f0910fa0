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

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.distributedtask.Assignments;
import io.distributedtask.Assignments.Assignment;
import io.distributedtask.Assignments.AssignmentStatus;
import io.distributedtask.Assignments.Execution;
import io.distributedtask.Assignments.ExecutionStatus;
import io.distributedtask.Assignments.Group;
import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.Assignments.Instance;
import io.distributedtask.Assignments.Source;
import io.distributedtask.Assignments.Task;
import io.distributedtask.DistributedTasks;
import io.distributedtask.Membership;
import io.distributedtask.actuate.endpoint.AssignmentsDescriptor.TaskDescriptor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.annotation.ReflectiveRuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.actuate.autoconfigure.endpoint.jackson.JacksonEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.jackson.EndpointJsonMapper;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link AssignmentsEndpoint}.
 */
class AssignmentsEndpointTests {

	private static final Instant NOW = Instant.parse("2026-11-24T10:15:30.123456789Z");

	private static final String CRAWLER = """
			{
			  "name" : "crawler",
			  "shards" : 3,
			  "weight" : 1.0,
			  "requires" : "",
			  "paused" : false,
			  "assignments" : [ {
			    "shard" : 0,
			    "owner" : "shop-1",
			    "state" : "OWNED",
			    "fencingToken" : 1795500930123,
			    "since" : "2026-11-24T10:15:30.123Z",
			    "execution" : {
			      "status" : "RUNNING",
			      "runs" : 41,
			      "failures" : 0,
			      "lastStart" : "2026-11-24T10:15:30.123Z",
			      "lastEnd" : "2026-11-24T10:15:30.123Z",
			      "lastError" : null,
			      "nextRun" : null
			    }
			  }, {
			    "shard" : 1,
			    "owner" : null,
			    "state" : "UNASSIGNED",
			    "reason" : "no instance has label zone=us"
			  }, {
			    "shard" : 2,
			    "owner" : "shop-2",
			    "state" : "REVOKING",
			    "fencingToken" : 1795500930124,
			    "since" : "2026-11-24T10:15:30.123Z"
			  } ]
			}""";

	private static final String GROUP = """
			{
			  "group" : {
			    "id" : "shop-tasks",
			    "state" : "STABLE",
			    "generation" : 12,
			    "assignor" : "sticky",
			    "leader" : "shop-1"
			  },
			  "self" : "shop-1",
			  "source" : "COORDINATOR",
			  "asOf" : "2026-11-24T10:15:30.123Z",
			  "instances" : [ {
			    "name" : "shop-1",
			    "memberId" : "m-1",
			    "host" : "10.0.0.4",
			    "labels" : {
			      "disk" : "ssd",
			      "zone" : "eu"
			    },
			    "capacity" : 1.0,
			    "draining" : false,
			    "leader" : true,
			    "self" : true,
			    "uri" : "http://10.0.0.4:8080/actuator",
			    "owned" : 7
			  }, {
			    "name" : "shop-2",
			    "memberId" : null,
			    "host" : null,
			    "labels" : { },
			    "capacity" : 2.0,
			    "draining" : true,
			    "leader" : false,
			    "self" : false,
			    "owned" : 0
			  } ],
			  "tasks" : [ %s ]
			}""".formatted(CRAWLER.replace("\n", "\n  "));

	private final DistributedTasks distributedTasks = mock(DistributedTasks.class);

	private final AssignmentsEndpoint endpoint = new AssignmentsEndpoint(this.distributedTasks,
			mock(AssignmentHistory.class));

	@BeforeEach
	void membership() {
		given(this.distributedTasks.membership()).willReturn(membership(null));
	}

	private static Membership membership(Membership.@Nullable Watch watch) {
		return new Membership("shop-1", GroupStatus.STABLE, 12, NOW, 7, List.of(), null, false, watch);
	}

	@Test
	void theCrashWatchOfTheInstanceThatAnswersIsPartOfTheGroup() {
		given(this.distributedTasks.assignments()).willReturn(assignments(null));
		given(this.distributedTasks.membership())
			.willReturn(
					membership(new Membership.Watch("10.0.0.4:41234",
							List.of(new Membership.WatchedInstance("shop-2", true, null),
									new Membership.WatchedInstance("shop-3", false, "it cannot be connected")),
							2, null)));
		String watch = """
				,
				  "watch" : {
				    "address" : "10.0.0.4:41234",
				    "watchers" : 2,
				    "watching" : [ {
				      "instance" : "shop-2",
				      "connected" : true
				    }, {
				      "instance" : "shop-3",
				      "connected" : false,
				      "problem" : "it cannot be connected"
				    } ]
				  }
				}""";
		assertJson(this.endpoint.assignments(false), GROUP.substring(0, GROUP.lastIndexOf("\n}")) + watch);
	}

	@Test
	void wholeGroupAsJson() {
		given(this.distributedTasks.assignments()).willReturn(assignments(null));
		assertJson(this.endpoint.assignments(false), GROUP);
	}

	@Test
	void oneTaskAsJson() {
		given(this.distributedTasks.assignments()).willReturn(assignments(null));
		TaskDescriptor task = this.endpoint.task("crawler", false);
		assertThat(task).isNotNull();
		assertJson(task, CRAWLER);
	}

	@Test
	void unknownTaskIsNotFound() {
		given(this.distributedTasks.assignments()).willReturn(assignments(null));
		assertThat(this.endpoint.task("unknown", false)).isNull();
	}

	@Test
	void problemFollowsTheLeader() {
		given(this.distributedTasks.assignments()).willReturn(assignments("The record is too large"));
		assertJson(this.endpoint.assignments(false), GROUP.replace("\"leader\" : \"shop-1\"\n", """
				"leader" : "shop-1",
				    "problem" : "The record is too large"
				"""));
	}

	@Test
	void groupThatHasNotBeenJoinedKeepsItsShape() {
		given(this.distributedTasks.assignments())
			.willReturn(new Assignments(new Group("shop-tasks", GroupStatus.JOINING, -1, null, null, null), "shop-1",
					Source.LOCAL, NOW, List.of(), List.of()));
		assertJson(this.endpoint.assignments(false), """
				{
				  "group" : {
				    "id" : "shop-tasks",
				    "state" : "JOINING",
				    "generation" : -1,
				    "assignor" : null,
				    "leader" : null
				  },
				  "self" : "shop-1",
				  "source" : "LOCAL",
				  "asOf" : "2026-11-24T10:15:30.123Z",
				  "instances" : [ ],
				  "tasks" : [ ]
				}""");
	}

	@Test
	void nativeImageCanWriteIt() {
		RuntimeHints hints = new RuntimeHints();
		new ReflectiveRuntimeHintsRegistrar().registerRuntimeHints(hints, AssignmentsEndpoint.class);
		for (Class<?> type : List.of(AssignmentsDescriptor.class, AssignmentsDescriptor.GroupDescriptor.class,
				AssignmentsDescriptor.InstanceDescriptor.class, TaskDescriptor.class, OperationDescriptor.class,
				AssignmentsDescriptor.AssignmentDescriptor.class, AssignmentsDescriptor.ExecutionDescriptor.class)) {
			assertThat(RuntimeHintsPredicates.reflection().onType(type)).accepts(hints);
		}
	}

	@Test
	void onlyTheAnswerAboutOneTaskHasTheStack() {
		Execution execution = new Execution(ExecutionStatus.BACKOFF, 1, 1, NOW, NOW, "X: broken", null,
				"X: broken at Y");
		Task task = new Task("crawler", 1, 1.0, "", false,
				List.of(new Assignment(0, "shop-1", AssignmentStatus.OWNED, 1L, NOW, null, execution)));
		assertThat(TaskDescriptor.of(task, true, null).assignments().get(0).execution().lastErrorStack())
			.isEqualTo("X: broken at Y");
		assertThat(TaskDescriptor.of(task, false, null).assignments().get(0).execution().lastErrorStack()).isNull();
	}

	private static void assertJson(Object value, String expected) {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(JacksonEndpointAutoConfiguration.class))
			.run((context) -> {
				JsonMapper mapper = context.getBean(EndpointJsonMapper.class).get();
				assertThat(mapper.writerWithDefaultPrettyPrinter().writeValueAsString(value).replace("\r", ""))
					.isEqualTo(expected);
			});
	}

	private static Assignments assignments(String problem) {
		Execution execution = new Execution(ExecutionStatus.RUNNING, 41, 0, NOW, NOW, null, null);
		Task crawler = new Task("crawler", 3, 1.0, "", false,
				List.of(new Assignment(0, "shop-1", AssignmentStatus.OWNED, 1795500930123L, NOW, null, execution),
						new Assignment(1, null, AssignmentStatus.UNASSIGNED, null, null,
								"no instance has label zone=us", null),
						new Assignment(2, "shop-2", AssignmentStatus.REVOKING, 1795500930124L, NOW, null, null)));
		return new Assignments(new Group("shop-tasks", GroupStatus.STABLE, 12, "sticky", "shop-1", problem), "shop-1",
				Source.COORDINATOR, NOW,
				List.of(new Instance("shop-1", "m-1", "10.0.0.4", Map.of("zone", "eu", "disk", "ssd"), 1.0, false, true,
						true, URI.create("http://10.0.0.4:8080/actuator"), 7),
						new Instance("shop-2", null, null, Map.of(), 2.0, true, false, false, null, 0)),
				List.of(crawler));
	}

}
