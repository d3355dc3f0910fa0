/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/** What the endpoint said, arranged for looking at: pure functions, no document. */

export const STATES = {
	running: 'Running',
	idle: 'Idle',
	owned: 'Owned',
	completed: 'Completed',
	paused: 'Paused',
	backoff: 'Backing off',
	revoking: 'Revoking',
	unassigned: 'Unassigned'
};

const EXECUTION = { RUNNING: 'running', IDLE: 'idle', BACKOFF: 'backoff', STOPPING: 'revoking', COMPLETED: 'completed', PAUSED: 'paused' };

/** How long an instance that is gone keeps its column. */
const REMEMBERED = 10 * 60_000;

const COLORS = 8;

const MOST_KNOWN = 2000;

/** In a rebalance the coordinator has not told yet how a new member is called, only its id, which ends like this. */
const MEMBER_ID = /-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function stateOf(task, assignment, group) {
	if (assignment.state === 'UNASSIGNED') {
		return 'unassigned';
	}
	if (assignment.state === 'REVOKING') {
		return 'revoking';
	}
	const execution = EXECUTION[assignment.execution?.status];
	if ((task.paused || group.paused) && execution !== 'running' && execution !== 'revoking') {
		return 'paused';
	}
	// how another instance's shards run is not known here
	return execution ?? 'owned';
}

function count(counts, key) {
	counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Remembers instances across answers: their colors, and those that have gone. */
export class Instances {

	#known = new Map();

	update(answer, now) {
		const live = new Map(answer.instances.map((instance) => [instance.name, instance]));
		for (const name of [...live.keys()].sort(byName)) {
			this.#remember(name);
		}
		for (const { kind, from, at } of answer.history ?? []) {
			if (kind === 'LEFT' && !live.has(from)) {
				this.#remember(from).seen = Date.parse(at);
			}
		}
		for (const [name, known] of this.#known) {
			if (live.has(name)) {
				const heard = answer.source === 'COORDINATOR' || live.get(name).self || !known.seen;
				Object.assign(known, live.get(name), { seen: heard ? now : known.seen, gone: false });
			}
			else {
				known.gone = true;
				known.leader = false;
			}
		}
		this.#forget();
		return [...this.#known.values()].filter((it) => !it.gone || (now - it.seen < REMEMBERED && !MEMBER_ID.test(it.name)))
			.sort((a, b) => byName(a.name, b.name))
			.map((it) => ({ ...it }));
	}

	color(name) {
		return this.#remember(name).color;
	}

	/** A page may be open for months, and names may be those of pods. */
	#forget() {
		for (const [name, known] of this.#known) {
			if (this.#known.size <= MOST_KNOWN) {
				return;
			}
			if (known.gone) {
				this.#known.delete(name);
			}
		}
	}

	#remember(name) {
		if (!this.#known.has(name)) {
			this.#known.set(name, { name, color: this.#known.size % COLORS, seen: 0, gone: true });
		}
		return this.#known.get(name);
	}

}

export function byName(a, b) {
	return a.localeCompare(b, 'en', { numeric: true });
}

/** @returns the model; `instances` are the columns, those that have gone included. */
export function toModel(answer, instances, now) {
	const columns = new Map(instances.map((instance, index) => [instance.name, index]));
	const load = new Map();
	const states = new Map();
	const tasks = answer.tasks.map((task) => {
		const owners = new Map();
		const own = new Map();
		const shards = task.assignments.map((assignment) => {
			const state = stateOf(task, assignment, answer.group);
			count(states, state);
			count(own, state);
			if (assignment.owner) {
				count(owners, assignment.owner);
				load.set(assignment.owner, (load.get(assignment.owner) ?? 0) + task.weight);
			}
			return { ...assignment, task, status: state };
		});
		return { ...task, shards, count: task.shards, owners, states: own };
	}).sort((a, b) => byName(a.name, b.name));
	for (const instance of instances) {
		instance.load = load.get(instance.name) ?? 0;
		instance.owned = instance.gone ? 0 : instance.owned ?? 0;
	}
	const busiest = Math.max(1, ...instances.map((it) => it.load / (it.capacity || 1)));
	return { ...answer, instances, columns, tasks, states, busiest, now, total: tasks.reduce((sum, it) => sum + it.shards.length, 0) };
}

/**
 * The rows to show. Each word of the filter has to be found in the task's name, or be the number or part of the
 * owner's name of a shard: then the task is opened, and only those shards are shown.
 */
export function rowsOf(model, { query, states, open }) {
	const words = query.toLowerCase().split(/\s+/).filter(Boolean);
	const rows = [];
	for (const task of model.tasks) {
		const name = task.name.toLowerCase();
		const rest = words.filter((word) => !name.includes(word));
		let shards = task.shards;
		if (rest.length || states.size) {
			shards = shards.filter((shard) => (!states.size || states.has(shard.status)) && rest.every((word) =>
				String(shard.shard) === word || shard.owner?.toLowerCase().includes(word)));
			if (!shards.length) {
				continue;
			}
		}
		const single = task.shards.length === 1;
		const narrowed = shards.length < task.shards.length;
		const expanded = !single && (open.has(task.name) || (narrowed && !open.has(`-${task.name}`)));
		rows.push({ task, shard: single ? task.shards[0] : null, level: 1, expanded, single, shown: shards.length });
		if (expanded) {
			for (const shard of shards) {
				rows.push({ task, shard, level: 2 });
			}
		}
	}
	return rows;
}

/** A few words on how a task or a shard stands. */
export function describe(row) {
	if (row.shard) {
		return STATES[row.shard.status];
	}
	return Object.keys(STATES).filter((state) => row.task.states.has(state))
		.map((state) => `${row.task.states.get(state)} ${STATES[state].toLowerCase()}`)
		.join(', ');
}
