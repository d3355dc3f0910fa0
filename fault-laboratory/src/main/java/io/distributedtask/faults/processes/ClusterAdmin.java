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

package io.distributedtask.faults.processes;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntPredicate;
import java.util.function.Supplier;

import io.distributedtask.faults.network.CoordinatorConnection;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteGroupsRequest;
import org.apache.kafka.common.requests.DeleteGroupsResponse;
import org.apache.kafka.common.requests.DescribeGroupsRequest;
import org.apache.kafka.common.requests.DescribeGroupsResponse;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupResponse;

/**
 * What an administrator does, directly at the brokers. Methods wait for their effect, try
 * again while a coordinator is on its way, and throw {@link IllegalStateException} when
 * it is all in vain. Safe for any thread.
 */
final class ClusterAdmin {

	private static final String CLIENT_ID = "laboratory";

	private static final Duration PATIENCE = Duration.ofSeconds(40);

	private static final int ANSWER_MILLIS = 3000;

	private static final int PAUSE_MILLIS = 50;

	private final Supplier<String> servers;

	/**
	 * Prepare an administrator.
	 * @param servers the brokers that can be asked at present; a frozen one would take
	 * its time
	 */
	ClusterAdmin(Supplier<String> servers) {
		this.servers = servers;
	}

	private Admin admin() {
		return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, this.servers.get(),
				AdminClientConfig.CLIENT_ID_CONFIG, CLIENT_ID, AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
				ANSWER_MILLIS, AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 5 * ANSWER_MILLIS,
				AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 200));
	}

	/**
	 * Wait until so many brokers serve, and each has a copy of what is known of groups.
	 */
	void awaitBrokers(int count) {
		try (Admin admin = admin()) {
			await("all brokers serve", () -> answer(admin.describeCluster().nodes()).size() == count);
			// to ask for any coordinator creates the topic
			await("there is a coordinator", () -> coordinatorOf("none").isPresent());
			await("what is known of groups is replicated",
					() -> offsets(admin).partitions()
						.stream()
						.allMatch((partition) -> partition.isr().size() == partition.replicas().size()));
		}
	}

	/**
	 * The broker that coordinates a group, or did when it was last alive; empty while
	 * there is none.
	 */
	OptionalInt coordinatorOf(String groupId) {
		try {
			return OptionalInt.of(CoordinatorConnection.find(this.servers.get(), groupId, CLIENT_ID).nodeId());
		}
		catch (IOException ex) {
			return OptionalInt.empty();
		}
	}

	/**
	 * Let another broker coordinate a group.
	 * @param groupId the group
	 * @param usable whether a broker can be the one
	 * @return the new coordinator; empty if no other broker can be the one
	 */
	OptionalInt moveCoordinator(String groupId, IntPredicate usable) {
		if (this.servers.get().isEmpty()) {
			return OptionalInt.empty();
		}
		try (Admin admin = admin()) {
			TopicPartitionInfo partition = partition(admin, groupId);
			int former = (partition.leader() != null) ? partition.leader().id() : Node.noNode().id();
			OptionalInt next = partition.isr()
				.stream()
				.mapToInt(Node::id)
				.filter((id) -> id != former)
				.filter(usable)
				.findFirst();
			next.ifPresent((id) -> lead(admin, groupId, partition, id));
			return next;
		}
		catch (ExecutionException | TimeoutException ex) {
			throw new IllegalStateException("The brokers do not say who coordinates '%s'".formatted(groupId), ex);
		}
	}

	private void lead(Admin admin, String groupId, TopicPartitionInfo partition, int next) {
		TopicPartition moved = new TopicPartition(Topic.GROUP_METADATA_TOPIC_NAME, partition.partition());
		List<Integer> order = new ArrayList<>(List.of(next));
		partition.replicas().stream().map(Node::id).filter((id) -> id != next).forEach(order::add);
		await("broker %d is the preferred leader".formatted(next), () -> {
			answer(admin.alterPartitionReassignments(Map.of(moved, Optional.of(new NewPartitionReassignment(order))))
				.all());
			return true;
		});
		await("broker %d coordinates '%s'".formatted(next, groupId), () -> {
			elect(admin, moved);
			return coordinatorOf(groupId).orElse(Node.noNode().id()) == next;
		});
	}

	private static void elect(Admin admin, TopicPartition partition) throws ExecutionException, TimeoutException {
		try {
			answer(admin.electLeaders(ElectionType.PREFERRED, Set.of(partition)).all());
		}
		catch (ExecutionException ex) {
			if (!(ex.getCause() instanceof ElectionNotNeededException)) {
				throw ex;
			}
		}
	}

	/**
	 * Delete a group, as soon as it has no members any more.
	 */
	void deleteGroup(String groupId) {
		await("group '%s' is deleted".formatted(groupId), () -> {
			try (CoordinatorConnection connection = connect(groupId)) {
				DeleteGroupsRequestData request = new DeleteGroupsRequestData().setGroupsNames(List.of(groupId));
				Errors error = connection.send(new DeleteGroupsRequest.Builder(request), DeleteGroupsResponse.class)
					.get(groupId);
				// that it is gone may be due to a request whose answer was lost
				return error == Errors.GROUP_ID_NOT_FOUND || isNone(error);
			}
		});
	}

	/**
	 * Remove a member from its group, without its knowledge.
	 */
	void evict(String groupId, String memberId) {
		await("member '%s' is removed".formatted(memberId), () -> {
			try (CoordinatorConnection connection = connect(groupId)) {
				MemberIdentity member = new MemberIdentity().setMemberId(memberId)
					.setReason("removed by an administrator");
				Errors error = connection
					.send(new LeaveGroupRequest.Builder(groupId, List.of(member)), LeaveGroupResponse.class)
					.error();
				// that it is gone may be due to a request whose answer was lost
				return error == Errors.UNKNOWN_MEMBER_ID || isNone(error);
			}
		});
	}

	/**
	 * The members of a group; none if the group is not known.
	 */
	List<GroupMember> members(String groupId) {
		List<GroupMember> members = new ArrayList<>();
		await("group '%s' is described".formatted(groupId), () -> {
			try (CoordinatorConnection connection = connect(groupId)) {
				DescribedGroup group = connection
					.send(new DescribeGroupsRequest.Builder(
							new DescribeGroupsRequestData().setGroups(List.of(groupId))), DescribeGroupsResponse.class)
					.data()
					.groups()
					.get(0);
				Errors error = Errors.forCode(group.errorCode());
				members.clear();
				group.members()
					.forEach((member) -> members.add(new GroupMember(member.memberId(), member.clientId(),
							member.clientHost(), member.memberMetadata(), member.memberAssignment())));
				return error == Errors.GROUP_ID_NOT_FOUND || isNone(error);
			}
		});
		return members;
	}

	private static boolean isNone(Errors error) throws ExecutionException {
		if (error != Errors.NONE) {
			throw new ExecutionException(error.exception());
		}
		return true;
	}

	private CoordinatorConnection connect(String groupId) throws IOException {
		return CoordinatorConnection.open(this.servers.get(), groupId, CLIENT_ID, ANSWER_MILLIS);
	}

	private static TopicPartitionInfo partition(Admin admin, String groupId)
			throws ExecutionException, TimeoutException {
		List<TopicPartitionInfo> partitions = offsets(admin).partitions();
		return partitions.get((groupId.hashCode() & Integer.MAX_VALUE) % partitions.size());
	}

	private static TopicDescription offsets(Admin admin) throws ExecutionException, TimeoutException {
		return Objects
			.requireNonNull(answer(admin.describeTopics(List.of(Topic.GROUP_METADATA_TOPIC_NAME)).allTopicNames())
				.get(Topic.GROUP_METADATA_TOPIC_NAME));
	}

	private static <T> T answer(KafkaFuture<T> future) throws ExecutionException, TimeoutException {
		try {
			return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			throw interrupted(ex);
		}
	}

	private static void await(String what, Callable<Boolean> attempt) {
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		Exception failure = null;
		while (System.nanoTime() - deadline < 0) {
			try {
				if (attempt.call()) {
					return;
				}
				pause();
			}
			catch (Exception ex) {
				failure = ex;
				if (!mayPass(ex)) {
					break;
				}
				pause();
			}
		}
		throw new IllegalStateException("It did not come to pass that " + what, failure);
	}

	private static void pause() {
		try {
			TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
		}
		catch (InterruptedException ex) {
			throw interrupted(ex);
		}
	}

	private static boolean mayPass(Exception failure) {
		return failure instanceof IOException || failure instanceof TimeoutException
				|| failure.getCause() instanceof RetriableException
				|| failure.getCause() instanceof GroupNotEmptyException;
	}

	private static IllegalStateException interrupted(InterruptedException ex) {
		Thread.currentThread().interrupt();
		return new IllegalStateException("Interrupted while waiting for the brokers", ex);
	}

}
