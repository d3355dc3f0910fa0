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
 * The assignor {@code sticky}: balanced by weight and capacity; it moves only the shards
 * that the balance requires.
 * <p>
 * <strong>What it guarantees</strong>
 * <ul>
 * <li>Each shard that some instance {@linkplain GroupState.Instance#canOwn may own} has
 * one owner, which may own it; any other shard has none.</li>
 * <li>With equal weights no other assignment has a lower highest load relative to
 * capacity; with equal capacities too, no lower second highest, and so on: if every
 * instance is eligible the numbers of shards differ by at most one.</li>
 * <li>With equal weights and every instance eligible the fewest possible shards move:
 * only to an instance that joins, only from one that leaves.</li>
 * <li>Of all ways to do that with so few moves it takes one in which the numbers of
 * shards of each single task differ by at most one, too, if there is one and the
 * capacities are equal. The search for it is limited: in large groups that are far from
 * it, and where tasks times instances are more than two million, some tasks may remain
 * less even.</li>
 * <li>With unequal weights no move of a single shard would lower the higher one of the
 * two loads that it changes by more than one percent. To find the very best is a packing
 * problem, and not worth the moves.</li>
 * <li>The result is a fixed point: assigned again, nothing moves. It does not depend on
 * the order of instances, tasks or owners.</li>
 * </ul>
 * <p>
 * <strong>How</strong>, and why so: how many shards and which ones are separate
 * questions. Shards of equal weight that the same instances may own are of one
 * {@linkplain Loads.Kind kind}, and the {@link Balancer} only finds how many of each kind
 * an instance should carry, which is what balance is about. The {@link ShardExchange}
 * then lets every instance keep what it has up to that number, so that no shard moves in
 * exchange for its like, and spreads what remains over the instances task by task;
 * {@link TaskSpread} corrects what that leaves uneven. All of it works on numbers instead
 * of names ({@link ShardTable}).
 * <p>
 * An instance whose capacity is not a positive finite number owns nothing.
 */
final class StickyTaskAssignor implements TaskAssignor {

	@Override
	public String name() {
		return "sticky";
	}

	@Override
	public TaskAssignment assign(GroupState group) {
		ShardTable shards = new ShardTable(group);
		Loads present = shards.loads();
		Loads target = shards.loads();
		new Balancer(target).balance(shards.unowned());
		int[] before = shards.owners();
		new ShardExchange(shards, target.instances()).exchange(present, target);
		TaskSpread.level(shards, before, target);
		return shards.toAssignment();
	}

}
