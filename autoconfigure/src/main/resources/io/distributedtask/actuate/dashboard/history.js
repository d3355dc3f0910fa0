/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Who held what when. The instance that answers tells its history; where it does not, the page keeps one of what it has
 * seen itself, of the same shape: `{ at, kind, task, shards, from, to, generation, reason, askedOn }`.
 */

const HOUR = 3_600_000;

const MAX = 500;

/** So many changes of one look at the group are told one by one; a `MORE` stands for the others. */
const TOLD = 100;

/** Their `at` is when they were seen; an owner's beginning may have been found long after it. */
const SEEN = new Set(['REBALANCED', 'JOINED', 'LEFT', 'REVOKED', 'LOST']);

/** The first and the last of each range, one after the other, ascending. */
function toBounds(ranges) {
	return Int32Array.from(String(ranges ?? '').split(',').filter(Boolean).flatMap((range) => {
		const [first, last = first] = range.split('-').map(Number);
		return [first, last];
	}));
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

	/** Spans by task and shard, of the last answer. */
	#spans = new Map();

	/** Bounds by ranges as they are told: each answer tells the same changes. */
	#bounds = new Map();

	update(model) {
		const first = this.#first;
		if (model.history) {
			this.#told = true;
			this.changes = model.history.map((change) => ({ ...change, at: Date.parse(change.at) }));
		}
		else if (!this.#told) {
			this.#observe(model);
		}
		// what this page once knew is gone when older changes are, or when another process tells
		const isAnother = (first && first !== this.#first) || (this.#before && this.#before.self !== model.self);
		this.#began = isAnother ? model.now : Math.min(this.#began, model.now);
		this.#before = model;
		this.#spans = new Map();
		const ranges = new Set(this.changes.map((change) => change.shards));
		this.#bounds = new Map([...this.#bounds].filter(([key]) => ranges.has(key)));
	}

	get #first() {
		return this.changes.length ? JSON.stringify(this.changes[0]) : null;
	}

	/** Since when no change is missing, but for those that a `MORE` stands for. */
	get since() {
		return Math.min(this.#began, this.changes.find((change) => SEEN.has(change.kind))?.at ?? Infinity);
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

	/**
	 * Who had shards of a task: `{ owner, from, to, count }`, where nobody is an owner of `null` and an open span has no `to`.
	 * Between spans it is not known.
	 */
	spans(task, shards) {
		this.#spans.has(task.name) || this.#spans.set(task.name, this.#find(task));
		const counts = new Map();
		for (const { shard } of shards) {
			const spans = this.#spans.get(task.name).get(shard);
			counts.set(spans, (counts.get(spans) ?? 0) + 1);
		}
		return [...counts].flatMap(([spans, count]) => spans.map((span) => ({ ...span, count })));
	}

	/** The spans by shard. Those to which the same has happened share theirs: ten thousand shards have few stories. */
	#find(task) {
		const { stories, of } = this.#storiesOf(task);
		const ofAll = this.#ofAllShards();
		const known = new Map();
		return new Map(task.shards.map((shard) => {
			const key = `${of[shard.shard]} ${shard.owner} ${shard.since}`;
			known.has(key) || known.set(key, this.#tell(stories, of[shard.shard], ofAll, shard));
			return [shard.shard, known.get(key)];
		}));
	}

	/** Changes that say something of every shard: what is not told, when nothing was known, and when that was over. */
	#ofAllShards() {
		const indices = [];
		let unknown = false;
		this.changes.forEach(({ kind }, index) => {
			if (kind === 'MORE' || kind === 'UNKNOWN' || (kind === 'REBALANCED' && unknown)) {
				indices.push(index);
				unknown = kind === 'UNKNOWN' || (unknown && kind === 'MORE');
			}
		});
		return indices;
	}

	/** A story is a change, by its index, and the story before it; the first one is that nothing has happened. */
	#storiesOf(task) {
		const stories = [null];
		const of = new Int32Array(task.shards.length);
		this.changes.forEach((change, index) => {
			if (change.task === task.name && change.kind !== 'DECIDED') {
				const next = new Map();
				this.#eachOf(change.shards, of.length, (shard) => {
					next.has(of[shard]) || next.set(of[shard], stories.push({ index, before: of[shard] }) - 1);
					of[shard] = next.get(of[shard]);
				});
			}
		});
		return { stories, of };
	}

	#eachOf(ranges, count, work) {
		const bounds = this.#bounds.get(ranges) ?? toBounds(ranges);
		this.#bounds.set(ranges, bounds);
		for (let i = 0; i < bounds.length; i += 2) {
			for (let shard = bounds[i]; shard <= bounds[i + 1] && shard < count; shard++) {
				work(shard);
			}
		}
	}

	#tell(stories, last, ofAll, shard) {
		const indices = [...ofAll];
		for (let story = stories[last]; story; story = stories[story.before]) {
			indices.push(story.index);
		}
		const past = new Past(this.since);
		for (const index of indices.sort((a, b) => a - b)) {
			const change = this.changes[index];
			if (change.kind === 'MORE') {
				past.forget(Math.max(change.at, this.since), this.#beginOf(index));
			}
			else if (change.kind === 'UNKNOWN') {
				past.lose(change.at);
			}
			else if (change.kind === 'REBALANCED') {
				past.find(change.at);
			}
			else {
				past.add(change, index);
			}
		}
		const { source, self, group, now } = this.#before;
		past.end(shard, now, source === 'COORDINATOR' || group.state === 'LOCAL' || shard.owner === self);
		return past.spans;
	}

	/** Where those changes begin that are told together with a `MORE`. */
	#beginOf(more) {
		let index = more;
		while (index > 0 && more - index < TOLD && this.changes[index - 1].task) {
			index--;
		}
		return index;
	}

	of(task) {
		return this.changes.filter((change) => change.task === task);
	}

}

/** What is known of one shard. */
class Past {

	spans = [];

	/** Since when each change is known. */
	#floor;

	#index = -1;

	#isLost = false;

	constructor(floor) {
		this.#floor = floor;
	}

	add({ kind, from, to, at }, index) {
		this.#index = index;
		if (from) {
			this.#had(from, at);
		}
		this.#change(kind === 'REVOKED' || kind === 'LOST' ? null : to, at);
	}

	/** There were changes that are not told, maybe of this shard. */
	forget(at, told) {
		if (this.#index < told) {
			this.#close(at);
			this.#floor = at;
		}
	}

	/** From then on nothing is known. */
	lose(at) {
		this.#close(at);
		this.#isLost = true;
	}

	/** From then on something is. */
	find(at) {
		this.#isLost = false;
		this.#floor = Math.max(this.#floor, at);
	}

	/** What it is now, if whoever tells knows that. */
	end({ owner, since: text }, now, isKnown) {
		if (this.#isLost && !isKnown) {
			return;
		}
		const since = Date.parse(text);
		const held = this.#held;
		if (!owner && this.#isOpen) {
			this.#last.owner && this.#change(null, now);
		}
		else if (!owner) {
			this.#begin(null, this.#floor);
		}
		else if (held?.owner === owner && !(since > held.from)) {
			this.#reopen(held);
		}
		else {
			this.#change(owner, since || this.#floor);
		}
	}

	/** Whoever is told to stop has it until that has happened, and nothing is missing since the last change. */
	#had(owner, at) {
		if (this.#held?.owner === owner) {
			this.#reopen(this.#held);
		}
		else if (!this.#isOpen) {
			this.#begin(owner, Math.min(this.#floor, at));
		}
	}

	get #last() {
		return this.spans.at(-1);
	}

	get #isOpen() {
		return this.#last !== undefined && this.#last.to === undefined;
	}

	get #held() {
		return this.spans.findLast((it) => it.owner);
	}

	#change(owner, at) {
		this.#close(at);
		this.#begin(owner, at);
	}

	#reopen(span) {
		this.spans.length = this.spans.indexOf(span) + 1;
		delete span.to;
	}

	#begin(owner, from) {
		this.spans.push({ owner, from: Math.max(from, this.#last?.to ?? from) });
	}

	#close(at) {
		if (this.#isOpen) {
			this.#last.to = Math.max(this.#last.from, at);
		}
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
