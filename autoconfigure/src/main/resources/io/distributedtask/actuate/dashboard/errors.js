/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/** Stacks of last errors: the group's answer has only their messages, that of a single task has all. */

import { task } from './api.js';

const MOST_KNOWN = 500;

export class Errors {

	#known = new Map();
	#onFresh;

	constructor(onFresh) {
		this.#onFresh = onFresh;
	}

	/** The stack, or nothing until it is there; asks again when a later run has failed. */
	stackOf({ task: { name }, shard, execution }) {
		const key = `${name}\n${shard}`;
		const stamp = `${execution.failures} ${execution.lastError}`;
		const known = this.#known.get(key);
		if (known?.stamp !== stamp) {
			this.#known.delete(key);
			this.#known.set(key, { stamp, stack: known?.stack });
			if (this.#known.size > MOST_KNOWN) {
				this.#known.delete(this.#known.keys().next().value);
			}
			this.#ask(name, shard, this.#known.get(key));
		}
		return this.#known.get(key).stack;
	}

	async #ask(name, shard, entry) {
		try {
			const answer = await task(name);
			entry.stack = answer.assignments.find((it) => it.shard === shard)?.execution?.lastErrorStack;
			this.#onFresh();
		}
		catch {
			// the message is there, and the next failure asks again
		}
	}

}
