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

/**
 * Decides which instance should own which shard. A bean of this type adds an algorithm,
 * which {@code distributed-task.assignors} then names; it is also a protocol name of the
 * Kafka group, so all members must know it before the group uses it, and it can be
 * changed by a rolling restart.
 * <p>
 * An assignor is a pure function: it uses only its argument, and returns equal results
 * for equal arguments, on every instance. It only determines the <em>target</em>: shards
 * that have to move are stopped by their owner first, and shards that stay are not
 * affected. <strong>Threads:</strong> called on one thread at a time, which holds the
 * assignor's monitor, is not the group's and is used for one call only; on the leader
 * only. An exception, a result that violates a constraint, or no result within a third of
 * the session timeout is reported, and every shard keeps its owner. A call that takes
 * longer is interrupted; until it has returned there is no other call, and its result is
 * used if nothing has changed meanwhile.
 * <p>
 * Of use are {@link GroupState#eligible} and {@link TaskAssignment#loads}; and in tests
 * of an assignor {@link TaskAssignment#violation}, which is the leader's own check, and
 * {@link TaskAssignment#omitted}: <pre class="code">
 * TaskAssignment assignment = new OwnAssignor().assign(group);
 * assertThat(assignment.violation(group)).isEmpty();
 * assertThat(assignment.omitted(group)).isEmpty();
 * </pre>
 *
 * @since 0.1.0
 */
public interface TaskAssignor {

	/**
	 * The name by which {@code distributed-task.assignors} selects it.
	 * @return 1 to 64 letters, digits, dots, dashes or underscores
	 */
	String name();

	/**
	 * Choose an owner for each shard.
	 * @param group the instances that may own shards, the tasks, and the present owners
	 * @return the target; a shard that it omits gets no owner. Each owner has to be one
	 * of the instances, and {@linkplain GroupState.Instance#canOwn able to own} the task
	 */
	TaskAssignment assign(GroupState group);

	/**
	 * The built-in algorithm {@code sticky}: balanced by weight and capacity; it moves
	 * only the shards that the balance requires.
	 * @return the assignor
	 */
	static TaskAssignor sticky() {
		return new StickyTaskAssignor();
	}

	/**
	 * The built-in algorithm {@code rendezvous}: the owner of a shard follows from names,
	 * weights and capacities alone, so that it is the same again when instances are back.
	 * No instance carries more than 1.25 times its share, rounded up.
	 * @return the assignor
	 */
	static TaskAssignor rendezvous() {
		return new RendezvousTaskAssignor();
	}

	/**
	 * The built-in algorithm {@code zone-spread}, or the same with another label: of each
	 * task the numbers of shards of the zones, which are the values of the label, differ
	 * by at most one. Within that it balances as {@code sticky} does, and moves few
	 * shards. Instances without the label are one zone.
	 * <p>
	 * Only the one of label {@code zone} is there by itself; one of another label is
	 * added as a bean. Its name contains the label, so that a group never has members
	 * that mean different labels: {@code zone-spread-rack}.
	 * @param label the label; in the name, what cannot be part of a name is replaced by
	 * dashes
	 * @return the assignor
	 */
	static TaskAssignor zoneSpread(String label) {
		return new ZoneSpreadTaskAssignor(label);
	}

}
