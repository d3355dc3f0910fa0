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

import java.util.Arrays;

/**
 * Finds chains of moves for an instance that carries too much but has nothing that a less
 * loaded instance may own: it passes a shard to an instance that can pass on another one.
 * The search is in breadth, so that a chain has as few moves as possible, and each
 * instance and each class of instances is visited once.
 */
final class ChainSearch {

	private final Loads loads;

	private final boolean[] expanded;

	private final int[] givers;

	private final int[] kinds;

	private final int[] queue;

	private int queued;

	private int unexpanded;

	ChainSearch(Loads loads, int classes) {
		this.loads = loads;
		this.expanded = new boolean[classes];
		this.givers = new int[loads.instances()];
		this.kinds = new int[loads.instances()];
		this.queue = new int[loads.instances()];
	}

	/**
	 * Move one shard along each step of a chain.
	 * @param source the instance to relieve
	 * @param limit the load relative to capacity below which the chain's end must stay
	 * @return whether there is such a chain
	 */
	boolean move(int source, double limit) {
		int end = find(source, limit);
		for (int taker = end; taker >= 0 && taker != source; taker = this.givers[taker]) {
			this.loads.move(this.kinds[taker], this.givers[taker], taker);
		}
		return end >= 0;
	}

	private int find(int source, double limit) {
		Arrays.fill(this.expanded, false);
		this.unexpanded = this.expanded.length;
		Arrays.fill(this.givers, ShardTable.NONE);
		this.givers[source] = source;
		this.queue[0] = source;
		this.queued = 1;
		int levelStart = 0;
		while (levelStart < this.queued) {
			int levelEnd = this.queued;
			for (int i = levelStart; i < levelEnd; i++) {
				visitTakers(this.queue[i], source, limit);
			}
			int best = ShardTable.NONE;
			for (int i = levelEnd; i < this.queued; i++) {
				int taker = this.queue[i];
				double ratio = ratioAsEnd(taker);
				if (ratio < limit && (best < 0 || ratio < ratioAsEnd(best))) {
					best = taker;
				}
			}
			if (best >= 0) {
				return best;
			}
			levelStart = levelEnd;
		}
		return ShardTable.NONE;
	}

	private void visitTakers(int giver, int source, double limit) {
		for (int i = 0; this.unexpanded > 0 && i < this.loads.carriedKinds(giver); i++) {
			int kind = this.loads.carried(giver, i);
			Loads.Kind passed = this.loads.kind(kind);
			if (this.expanded[passed.taskClass()] || (giver != source && !canPassOn(giver, passed, limit))) {
				continue;
			}
			this.expanded[passed.taskClass()] = true;
			this.unexpanded--;
			for (int taker : passed.eligible()) {
				if (this.givers[taker] == ShardTable.NONE) {
					this.givers[taker] = giver;
					this.kinds[taker] = kind;
					this.queue[this.queued++] = taker;
				}
			}
		}
	}

	private boolean canPassOn(int giver, Loads.Kind passed, double limit) {
		double change = this.loads.kind(this.kinds[giver]).weight() - passed.weight();
		return change <= 0 || this.loads.ratio(giver, change) < limit;
	}

	private double ratioAsEnd(int taker) {
		return this.loads.ratio(taker, this.loads.kind(this.kinds[taker]).weight());
	}

}
