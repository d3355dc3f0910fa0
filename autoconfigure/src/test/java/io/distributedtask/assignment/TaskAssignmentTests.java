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

package io.distributedtask.assignment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState.Instance;
import org.junit.jupiter.api.Test;

import static io.distributedtask.assignment.RandomGroups.forEachMixedGroup;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TaskAssignment}, {@link GroupState} and the example of how to use
 * them.
 */
class TaskAssignmentTests {

	private static final TaskId FIRST = new TaskId("crawler", 0);

	private static final TaskId SECOND = new TaskId("crawler", 1);

	private final TaskDefinition crawler = TaskDefinition.of("crawler").withShards(2).withWeight(3);

	private final TaskDefinition feed = TaskDefinition.of("feed").withRequires("zone=eu");

	private final Instance a = new Instance("a", Map.of("zone", "eu"), 2, Set.of("crawler", "feed"));

	private final Instance b = new Instance("b", Map.of(), 1, Set.of("crawler", "feed"));

	private final Instance c = new Instance("c", Map.of("zone", "eu"), 1, Set.of("feed"));

	private final GroupState group = new GroupState(List.of(this.a, this.b, this.c), List.of(this.crawler, this.feed),
			Map.of());

	@Test
	void eligibleIsWhoKnowsATaskAndHasItsLabels() {
		assertThat(this.group.eligible(this.crawler)).containsExactly(this.a, this.b);
		assertThat(this.group.eligible(this.feed)).containsExactly(this.a, this.c);
		assertThat(this.group.eligible(TaskDefinition.of("other"))).isEmpty();
	}

	@Test
	void aViolationNamesTheShardAndTheReason() {
		assertThat(violation(FIRST, "a")).isNull();
		assertThat(violation(FIRST, "z"))
			.isEqualTo("crawler[0] is assigned to 'z', which is not an instance that may own shards");
		assertThat(violation(FIRST, "c")).isEqualTo("crawler[0] is assigned to 'c', which does not know the task");
		assertThat(violation(new TaskId("feed", 0), "b"))
			.isEqualTo("feed[0] is assigned to 'b', which lacks the labels 'zone=eu'");
		assertThat(violation(new TaskId("crawler", 2), "a"))
			.isEqualTo("crawler[2] is assigned to 'a', but does not exist");
		assertThat(violation(new TaskId("other", 0), "a")).isEqualTo("other[0] is assigned to 'a', but does not exist");
	}

	private String violation(TaskId id, String owner) {
		return new TaskAssignment(Map.of(id, owner)).violation(this.group).orElse(null);
	}

	@Test
	void omittedIsWhatNobodyOwnsThoughSomebodyMay() {
		TaskAssignment assignment = new TaskAssignment(Map.of(FIRST, "a"));
		assertThat(assignment.violation(this.group)).isEmpty();
		assertThat(assignment.omitted(this.group)).containsExactly(SECOND, new TaskId("feed", 0));
		GroupState zoneless = new GroupState(List.of(this.b), List.of(this.crawler, this.feed), Map.of());
		assertThat(assignment.omitted(zoneless)).containsExactly(SECOND);
	}

	@Test
	void loadsAreRelativeToCapacity() {
		TaskAssignment assignment = new TaskAssignment(
				Map.of(FIRST, "a", SECOND, "a", new TaskId("feed", 0), "c", new TaskId("other", 0), "c"));
		assertThat(assignment.loads(this.group)).containsExactly(Map.entry("a", 3.0), Map.entry("b", 0.0),
				Map.entry("c", 1.0));
	}

	@Test
	void theExampleKeepsWhatCanStayAndOmitsNothing() {
		forEachMixedGroup(new StayingAssignor(), (group) -> {
			GroupState state = group.state();
			assertThat(group.assign()).isEmpty();
			TaskAssignment assignment = new TaskAssignment(group.owners);
			assertThat(assignment.violation(state)).isEmpty();
			assertThat(assignment.omitted(state)).isEmpty();
		});
	}

	@Test
	void theExampleIsThatOfThePage() throws IOException {
		String source = Files.readString(Path.of("src/test/java/io/distributedtask/assignment/StayingAssignor.java"));
		assertThat(Files.readString(Path.of("../docs/assignors.md")))
			.contains("```java\n" + source.substring(source.indexOf("class StayingAssignor")) + "```");
	}

}
