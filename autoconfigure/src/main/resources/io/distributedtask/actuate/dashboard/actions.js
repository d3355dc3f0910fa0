/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/** What a person can do: each step is confirmed, asked for, and watched until it is done. */

import { act, writable } from './api.js';
import { button, byId, el } from './dom.js';

/** After this long without effect a person is told so. */
const PATIENCE = 30_000;

const SHOWN = 8000;

/** After this long a run that goes on is the one that was there before. */
const SETTLED = 5000;

const RUNS_ALREADY = 'It runs at present: a scheduled method runs once more after that, a continuous one just runs on.';

export class Actions {

	#model = null;
	#waiting = [];
	#refresh;

	constructor(refresh) {
		this.#refresh = refresh;
	}

	update(model) {
		this.#model = model;
		for (const wait of this.#waiting) {
			const is = wait.isDone(spent(wait));
			if (is) {
				wait.settled = toast('good', typeof is === 'string' ? is : `${wait.done} (${(spent(wait) / 1000).toFixed(1)} s)`, wait.element);
			}
		}
		this.#giveUp(() => `no effect yet after ${PATIENCE / 1000} s. See the reasons on this page, and the log.`);
	}

	/** There is no fresh picture, so nobody knows whether anything has had its effect. */
	fail() {
		this.#giveUp(() => 'whether it has had its effect is not known, since there is no answer.');
	}

	#giveUp(why) {
		for (const wait of this.#waiting.filter((it) => !it.settled && spent(it) > PATIENCE)) {
			wait.settled = toast('bad', `${wait.asked}: ${why(wait)}`, wait.element);
		}
		this.#waiting = this.#waiting.filter((wait) => !wait.settled);
	}

	#task(name) {
		return this.#model?.tasks.find((it) => it.name === name);
	}

	#shard(name, shard) {
		return this.#task(name)?.shards.find((it) => it.shard === shard);
	}

	/** What the instance that was asked has decided it shows at once; the others have it after the next rebalance. */
	#agreement() {
		const { generation } = this.#model.group;
		return () => {
			const { group, source } = this.#model;
			return group.state === 'LOCAL' || (source === 'COORDINATOR' && group.state === 'STABLE' && group.generation > generation);
		};
	}

	groupButtons({ group }) {
		if (!writable) {
			return null;
		}
		return el('div', { class: 'buttons' },
			group.paused ? button('Resume all', () => this.#group('resume'), { 'data-key': 'resume-all', 'data-place': 'pause-all', class: 'primary' })
				: button('Pause all', () => this.#group('pause'), { 'data-key': 'pause-all', 'data-place': 'pause-all' }),
			button('Rebalance', () => this.#group('rebalance'), { 'data-key': 'rebalance' }));
	}

	instanceButtons({ name, draining }) {
		if (!writable) {
			return null;
		}
		return el('div', { class: 'buttons', 'data-of': name },
			draining ? button('End draining', () => this.drain(name, 'undrain'), { 'data-key': 'undrain', 'data-place': 'drain' })
				: button('Drain', () => this.drain(name, 'drain'), { 'data-key': 'drain', 'data-place': 'drain' }));
	}

	taskButtons({ name, paused }, shard) {
		if (!writable) {
			return null;
		}
		return el('div', { class: 'buttons', 'data-of': `${name} ${shard?.shard}` },
			paused ? button('Resume', () => this.resume(name), { 'data-key': 'resume', 'data-place': 'pause' }) : button('Pause', () => this.pause(name), { 'data-key': 'pause', 'data-place': 'pause' }),
			shard && button('Run now', () => this.run(name, shard.shard), { 'data-key': 'run' }),
			shard && button('Move…', () => this.move(name, shard.shard), { 'data-key': 'move', 'data-place': 'move' }),
			shard && isPinned(shard) && button('Clear move', () => this.clear(name, shard.shard), { 'data-key': 'clear', 'data-place': 'move' }));
	}

	#group(action) {
		const asks = {
			pause: ['Pause all tasks?', 'No new run of any task begins, on any instance, until all are resumed.', 'Pause all', 'All tasks are paused', () => this.#model.group.paused],
			resume: ['Resume all tasks?', 'Tasks that were paused one by one stay paused.', 'Resume all', 'Tasks run again', () => !this.#model.group.paused],
			rebalance: ['Rebalance?', 'The leader computes the assignment anew. Shards that do not move run on.', 'Rebalance', 'The group has rebalanced', () => true]
		};
		const [title, text, verb, done, isDone] = asks[action];
		return this.#do({ title, text, verb, path: [], body: { action }, asked: verb, done, isDone: (asked, { isAgreed }) => isAgreed() && isDone() });
	}

	drain(instance, action) {
		const drain = action === 'drain';
		const find = () => this.#model.instances.find((it) => it.name === instance);
		// a shard that is being taken back has its owner still
		const holds = () => this.#model.tasks.some((task) => task.owners.has(instance));
		return this.#do({ title: drain ? `Drain ${instance}?` : `End draining of ${instance}?`,
			text: drain ? 'It gives up what it owns as that stops, and gets nothing, until draining ends or it restarts.' : 'It gets shards again.',
			verb: drain ? 'Drain' : 'End draining', path: [], body: { action, instance }, asked: drain ? `Draining of ${instance}` : `End of draining of ${instance}`,
			done: drain ? `${instance} owns nothing any more` : `${instance} takes shards again`,
			isDone: (asked, { isAgreed }) => (drain ? find()?.draining && !holds() : !find()?.draining && isAgreed()) });
	}

	clear(name, shard) {
		const what = label(this.#task(name), shard);
		return this.#do({ title: `Clear the move of ${what}?`, text: 'The assignor decides again where it runs.', verb: 'Clear', path: [name],
			body: { action: 'clear', shard }, asked: `Clearing the move of ${what}`, done: `${what} may go anywhere again`, isDone: (asked, { isAgreed }) => isAgreed() && !isPinned(this.#shard(name, shard) ?? {}) });
	}

	pause(name) {
		return this.#do({ title: `Pause ${name}?`, text: 'No new run begins, on any instance, until it is resumed. Owners stay as they are.', verb: 'Pause',
			path: [name], body: { action: 'pause' }, asked: `Pause of ${name}`, done: `${name} is paused`, isDone: (asked, { isAgreed }) => isAgreed() && this.#task(name)?.paused });
	}

	resume(name) {
		return this.#do({ title: `Resume ${name}?`, text: 'It runs again as before.', verb: 'Resume',
			path: [name], body: { action: 'resume' }, asked: `Resume of ${name}`, done: `${name} is resumed`, isDone: (asked, { isAgreed }) => isAgreed() && !this.#task(name)?.paused });
	}

	run(name, shard) {
		const execution = () => this.#shard(name, shard)?.execution;
		const before = execution();
		const runs = before?.status === 'RUNNING';
		const what = label(this.#task(name), shard);
		return this.#do({ title: `Run ${what} now?`,
			text: `Once, on its owner ${this.#shard(name, shard)?.owner ?? '(it has none at present)'}. ${runs ? RUNS_ALREADY : ''}`,
			verb: 'Run now', path: [name], body: { action: 'run', shard }, asked: `Run of ${what}`, done: `${what} was told to run`,
			isDone: (asked, { millis }) => !before || !execution() || execution().runs > before.runs
				|| (runs && execution().status === 'RUNNING' && millis > SETTLED && `${what}: ${RUNS_ALREADY}`) });
	}

	/** Without an instance the dialog asks for one: the way for keyboards. */
	async move(name, shard, instance) {
		const from = this.#shard(name, shard)?.owner;
		const others = this.#model.instances.filter((it) => !it.gone && it.name !== from).map((it) => it.name);
		if (!others.length) {
			toast('bad', 'There is no other instance to move it to.');
			return;
		}
		const what = label(this.#task(name), shard);
		const choice = instance ? null : el('select', { 'aria-label': 'Instance', id: 'target' }, ...others.map((it) => el('option', { value: it }, it)));
		await this.#do({ title: `Move ${what}${instance ? ` to ${instance}` : ''}?`,
			text: `${from ? `It stops on ${from} first. ` : ''}It stays there until that is cleared or the instance leaves.`, choice, verb: 'Move',
			path: [name], body: () => ({ action: 'move', shard, instance: instance ?? choice.value }), asked: `Move of ${what}`,
			done: `${what} has moved`, isDone: (asked) => this.#shard(name, shard)?.owner === asked.instance && this.#shard(name, shard)?.state === 'OWNED' });
	}

	async #do({ title, text, choice, verb, path, body, asked, done, isDone }) {
		if (!await confirm({ title, text, choice, verb })) {
			return;
		}
		const asks = typeof body === 'function' ? body() : body;
		const isAgreed = this.#agreement();
		const element = toast('wait', `${asked}: asked …`);
		try {
			await act(path, asks);
			this.#waiting.push({ begin: performance.now(), asked, done, element, isDone: (millis) => isDone(asks, { millis, isAgreed }) });
			this.#refresh();
		}
		catch (error) {
			toast('bad', `${asked}: ${error.message}`, element);
		}
	}

}

function spent(wait) {
	return performance.now() - wait.begin;
}

/** The reason of a shard says that it was moved by hand, and to where. */
function isPinned(shard) {
	return /pinned to/.test(shard.reason ?? '');
}

function label(task, shard) {
	return task && task.shards.length > 1 ? `${task.name} shard ${shard}` : task?.name;
}

function confirm({ title, text, choice, verb }) {
	const dialog = byId('dialog');
	return new Promise((resolve) => {
		const answer = (value) => {
			dialog.close();
			resolve(value);
		};
		const yes = button(verb, () => answer(true), { class: 'primary', id: 'confirm' });
		dialog.replaceChildren(...[el('h2', { id: 'dialog-title' }, title), el('p', null, text), choice,
			el('div', { class: 'buttons' }, button('Cancel', () => answer(false), { id: 'cancel' }), yes)].filter(Boolean));
		dialog.oncancel = () => resolve(false);
		dialog.showModal();
		(choice ?? yes).focus();
	});
}

function toast(kind, text, former) {
	const element = el('p', { class: `toast ${kind}` }, text);
	former?.isConnected ? former.replaceWith(element) : byId('toasts').append(element);
	if (kind !== 'wait') {
		const close = () => element.remove();
		element.append(button('×', close, { 'aria-label': 'Close' }));
		setTimeout(close, kind === 'bad' ? 3 * SHOWN : SHOWN);
	}
	return element;
}

