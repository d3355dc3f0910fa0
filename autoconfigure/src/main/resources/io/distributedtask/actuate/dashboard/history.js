/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Who held what when. The instance that answers tells its history; where it does not, the page keeps one of what it has
 * seen itself, of the same shape: `{ at, kind, task, shards, from, to, generation, reason }`.
 */

const HOUR = 3_600_000;

const MAX = 500;

export function shardNumbers(ranges) {
	return String(ranges ?? '').split(',').filter(Boolean).flatMap((range) => {
		const [first, last = first] = range.split('-').map(Number);
		return Array.from({ length: last - first + 1 }, (_, index) => first + index);
	});
}

export function toRanges(numbers) {
	const ranges = [];
	for (const number of [...numbers].sort((a, b) => a - b)) {
		const last = ranges.at(-1);
		if (last && last[1] === number - 1) {
			last[1] = number;
		}
		else {
			ranges.push([number, number]);
		}
	}
	return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}

export class History {

	/** @type {{at: number, kind: string}[]} oldest first */
	changes = [];

	#before = null;

	#began = Infinity;

	#told = false;

	update(model) {
		if (model.history) {
			this.#told = true;
			this.changes = model.history.map((change) => ({ ...change, at: Date.parse(change.at) }));
		}
		else if (!this.#told) {
			this.#observe(model);
		}
		this.#began = Math.min(this.#began, model.now);
		this.#before = model;
	}

	/** Since when nothing is missing. */
	get since() {
		return Math.min(this.#began, this.changes.at(0)?.at ?? Infinity);
	}

	#observe(model) {
		const before = this.#before;
		if (!before) {
			return;
		}
		const generation = model.group.generation;
		const had = new Set(before.instances.filter((it) => !it.gone).map((it) => it.name));
		const has = new Set(model.instances.filter((it) => !it.gone).map((it) => it.name));
		const fresh = [];
		if (generation !== before.group.generation) {
			fresh.push({ at: model.now, kind: 'REBALANCED', generation, leader: model.group.leader, instances: has.size });
		}
		had.forEach((from) => !has.has(from) && fresh.push({ at: model.now, kind: 'LEFT', from, generation }));
		has.forEach((to) => !had.has(to) && fresh.push({ at: model.now, kind: 'JOINED', to, generation }));
		const tasks = new Map(before.tasks.map((task) => [task.name, task]));
		for (const task of model.tasks) {
			fresh.push(...moves(task, tasks.get(task.name), model.now, generation));
		}
		this.changes = [...this.changes, ...fresh].filter((it) => model.now - it.at < HOUR).slice(-MAX);
	}

	/** Spans of ownership by shard: `{ owner, from, to }`; an open one has no `to`. */
	spans(task) {
		const spans = new Map(task.shards.map((shard) => [shard.shard, []]));
		for (const change of this.changes) {
			if (change.task === task.name) {
				for (const shard of shardNumbers(change.shards)) {
					spans.has(shard) && extend(spans.get(shard), change, this.since);
				}
			}
		}
		for (const shard of task.shards) {
			const own = spans.get(shard.shard);
			const last = own.at(-1);
			const since = Date.parse(shard.since);
			if (shard.owner && (!last || last.to !== undefined || last.owner !== shard.owner)) {
				close(own, since);
				own.push({ owner: shard.owner, from: Number.isNaN(since) ? this.since : since });
			}
			else if (!shard.owner) {
				close(own, last?.from);
			}
		}
		return spans;
	}

	of(task) {
		return this.changes.filter((change) => change.task === task);
	}

}

function moves(task, former, now, generation) {
	const owners = new Map(former?.shards.map((shard) => [shard.shard, shard.owner]));
	const groups = new Map();
	for (const { shard, owner, since } of task.shards) {
		const from = owners.get(shard) ?? null;
		if (from !== owner) {
			const key = `${from}\n${owner}`;
			groups.has(key) || groups.set(key, { from, owner, at: (owner && Date.parse(since)) || now, shards: [] });
			groups.get(key).shards.push(shard);
		}
	}
	return [...groups.values()].map(({ from, owner, at, shards }) => {
		const kind = !owner ? 'REVOKED' : from ? 'MOVED' : 'ASSIGNED';
		return { at, kind, task: task.name, shards: toRanges(shards), from: from ?? undefined, to: owner ?? undefined, generation };
	});
}

function close(spans, at) {
	const last = spans.at(-1);
	if (last && last.to === undefined) {
		last.to = Math.max(last.from, at ?? last.from);
	}
}

function extend(spans, { kind, from, to, at }, since) {
	if (from && !spans.length) {
		spans.push({ owner: from, from: Math.min(since, at) });
	}
	close(spans, at);
	if (to && (kind === 'ASSIGNED' || kind === 'MOVED')) {
		spans.push({ owner: to, from: at });
	}
}
