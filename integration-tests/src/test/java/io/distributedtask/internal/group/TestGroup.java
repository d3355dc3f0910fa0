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

package io.distributedtask.internal.group;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.IntStream;

import io.distributedtask.Assignments;
import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.Assignments.Source;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.broker.EmbeddedBrokers;
import io.distributedtask.internal.group.TestInstance.Book;
import io.distributedtask.internal.group.TestInstance.Settings;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeGroupsRequest;
import org.apache.kafka.common.requests.DescribeGroupsResponse;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupResponse;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A group of {@link TestInstance}s at a real broker, some of them behind a
 * {@link GroupProxy}.
 */
final class TestGroup implements AutoCloseable {

	static final TaskDefinition CRAWLER = TaskDefinition.of("crawler").withShards(8);

	private final EmbeddedBrokers brokers;

	private final Settings settings;

	private final Book book = new Book();

	private final List<TestInstance> instances = new ArrayList<>();

	private final List<GroupProxy> proxies = new ArrayList<>();

	private final List<TestInstance> crashed = new ArrayList<>();

	private final List<GroupProxy> crashedProxies = new ArrayList<>();

	TestGroup(EmbeddedBrokers brokers, Duration session) {
		this(brokers, Settings.of("group-" + UUID.randomUUID(), session, CRAWLER));
	}

	TestGroup(EmbeddedBrokers brokers, Settings settings) {
		this.brokers = brokers;
		this.settings = settings;
	}

	static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20));
	}

	Settings settings() {
		return this.settings;
	}

	GroupProxy proxy() {
		GroupProxy proxy = new GroupProxy(this.brokers.bootstrapServers());
		this.proxies.add(proxy);
		return proxy;
	}

	TestInstance instance(String name) {
		return instance(name, this.settings, this.brokers.bootstrapServers());
	}

	TestInstance instance(String name, GroupProxy proxy) {
		return instance(name, this.settings, proxy.address());
	}

	TestInstance instance(String name, Settings settings, String servers) {
		TestInstance instance = new TestInstance(name, this.book, settings, servers);
		this.instances.add(instance);
		return instance;
	}

	void stop(TestInstance instance) {
		this.instances.remove(instance);
		instance.stop();
	}

	/**
	 * The process of an instance ends without a word. Its object runs on, cut off for
	 * good, and must not matter any more.
	 */
	void crash(TestInstance instance, GroupProxy proxy) {
		proxy.cut();
		this.instances.remove(instance);
		this.crashed.add(instance);
		this.crashedProxies.add(proxy);
		this.proxies.remove(proxy);
	}

	/**
	 * Remove a member as an administrator does.
	 */
	void evict(TestInstance instance) {
		String memberId = memberId(instance);
		LeaveGroupResponse answer = (LeaveGroupResponse) RawRequest.send(this.brokers.bootstrapServers(),
				new LeaveGroupRequest.Builder(this.settings.groupId(),
						List.of(new MemberIdentity().setMemberId(memberId)))
					.build());
		assertThat(answer.error()).isEqualTo(Errors.NONE);
	}

	/**
	 * Wait until the group has come to rest: every shard is owned by one instance and
	 * runs there and nowhere else, all have the same generation, and nobody has a
	 * problem.
	 * @param what what has happened, for the message
	 */
	void awaitRest(String what) {
		await().untilAsserted(() -> {
			assertThat(broken()).as(what).isEmpty();
			// an instance that has not received its assignment yet has all that it had
			assertThat(
					this.instances.stream().map((instance) -> instance.engine().membership().generation()).distinct())
				.as("generations, %s", what)
				.hasSizeLessThanOrEqualTo(1);
			Set<TaskId> owned = new TreeSet<>();
			for (TestInstance instance : this.instances) {
				assertThat(instance.engine().membership()).as(what).satisfies((membership) -> {
					assertThat(membership.problem()).isNull();
					assertThat(membership.state()).isEqualTo(GroupStatus.STABLE);
				});
				assertThat(instance.running()).as("runs on %s, %s", instance, what).isEqualTo(instance.owned());
				instance.owned()
					.forEach((id) -> assertThat(owned.add(id)).as("%s is owned once, %s", id, what).isTrue());
			}
			assertThat(owned).as(what).isEqualTo(allShards());
		});
		await().untilAsserted(() -> {
			Assignments view = this.instances.get(0).engine().assignments();
			assertThat(view.source()).as(what).isEqualTo(Source.COORDINATOR);
			assertThat(view.instances()).as(what).hasSize(this.instances.size());
		});
	}

	String memberId(TestInstance instance) {
		return instance.engine()
			.assignments()
			.instances()
			.stream()
			.filter(Assignments.Instance::self)
			.map(Assignments.Instance::memberId)
			.findFirst()
			.orElseThrow();
	}

	/**
	 * The member ids that the coordinator knows.
	 */
	Set<String> memberIds() {
		DescribeGroupsResponse answer = (DescribeGroupsResponse) RawRequest.send(this.brokers.bootstrapServers(),
				new DescribeGroupsRequest.Builder(
						new DescribeGroupsRequestData().setGroups(List.of(this.settings.groupId())))
					.build());
		Set<String> ids = new TreeSet<>();
		answer.data().groups().get(0).members().forEach((member) -> ids.add(member.memberId()));
		return ids;
	}

	/**
	 * The names that the instances have in the group.
	 */
	Set<String> names() {
		Set<String> names = new TreeSet<>();
		this.instances.get(0).engine().assignments().instances().forEach((instance) -> names.add(instance.name()));
		return names;
	}

	Set<TaskId> allShards() {
		Set<TaskId> all = new TreeSet<>();
		this.settings.tasks()
			.forEach((task) -> IntStream.range(0, task.shards())
				.forEach((shard) -> all.add(new TaskId(task.name(), shard))));
		return all;
	}

	List<String> broken() {
		return this.book.broken();
	}

	@Override
	public void close() {
		this.proxies.forEach(GroupProxy::heal);
		List.copyOf(this.instances).forEach(this::stop);
		this.crashed.forEach(TestInstance::stop);
		this.proxies.forEach(GroupProxy::close);
		this.crashedProxies.forEach(GroupProxy::close);
		assertThat(broken()).isEmpty();
	}

}
