/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/** The top of the page: how the group is, and what a person should know first. */

import { button, byId, clock, el, glyph, moment, plural, refill } from './dom.js';
import { pageOf } from './api.js';
import { STATES } from './model.js';
import { toRanges } from './history.js';

const GROUP = {
	STABLE: ['completed', 'Stable'],
	REBALANCING: ['revoking', 'Rebalancing'],
	JOINING: ['revoking', 'Joining'],
	DISCONNECTED: ['backoff', 'Disconnected'],
	LOCAL: ['owned', 'Local, no broker'],
	STOPPED: ['unassigned', 'Stopped']
};

const HINTS = {
	owned: 'Owned by another instance, which alone knows how it runs',
	revoking: 'Its owner was told to stop it; nobody else has it yet'
};

const MAX_REASONS = 5;

/** So says the instance of a shard whose code has not stopped within its time. */
const LATE = /has not stopped within/;

/** Shards differ in the moment, and have one reason all the same. */
const INSTANT = / at \S+Z|,?\s+since .*$/g;

function fact(name, ...value) {
	return el('div', null, el('dt', null, name), el('dd', null, ...value));
}

export function renderGroup(model, actions) {
	const { group } = model;
	const [shape, words] = GROUP[group.state] ?? ['owned', group.state];
	const live = model.instances.filter((it) => !it.gone).length;
	document.title = `${group.id}: ${words}`;
	refill(byId('group'),
		el('h1', null, el('span', { class: 'kind' }, 'Distributed tasks'), el('span', { class: 'id' }, group.id)),
		el('dl', { class: 'facts' },
			fact('Group', el('span', { class: `badge ${shape}`, id: 'group-state' }, glyph(shape), words)),
			fact('Leader', group.leader ?? 'none'),
			fact('Generation', group.generation < 0 ? 'none yet' : group.generation.toLocaleString('en')),
			fact('Instances', live),
			fact('Shards', model.total.toLocaleString('en')),
			fact('Assignor', group.assignor ?? 'none yet'),
			fact('Told by', model.self),
			fact('As of', el('time', { id: 'as-of' }, clock(model.now)))),
		actions.groupButtons(model));
}

export function renderAlerts(model, failure) {
	const alerts = [];
	if (failure) {
		alerts.push(lost(model, failure));
	}
	if (model?.group.problem) {
		alerts.push(alert('bad', 'backoff', 'The group has a problem', model.group.problem));
	}
	if (model?.group.paused) {
		alerts.push(alert('warn', 'paused', 'All tasks are paused', 'No new run begins until they are resumed.'));
	}
	if (model?.source === 'LOCAL' && model.group.state !== 'LOCAL') {
		alerts.push(alert('warn', 'backoff', 'The coordinator could not be asked', `This is only what ${model.self} itself knows.`));
	}
	for (const instance of model?.instances.filter((it) => it.problem && !it.gone) ?? []) {
		alerts.push(alert('warn', 'backoff', `Nothing is assigned to ${instance.name}`, instance.problem));
	}
	const reasons = reasonsOf(model);
	for (const { count, status, reason, tasks } of reasons.slice(0, MAX_REASONS)) {
		const names = [...tasks].map(([task, shards]) => `${task.name}${task.shards > 1 ? ` ${toRanges(shards)}` : ''}`);
		alerts.push(alert('bad', status, `${plural(count, 'shard')} ${STATES[status].toLowerCase()}`,
			`${reason}: ${names.slice(0, 3).join('; ')}${names.length > 3 ? ` and ${names.length - 3} more tasks` : ''}`));
	}
	if (reasons.length > MAX_REASONS) {
		alerts.push(alert('warn', 'unassigned', 'And more', `${reasons.length - MAX_REASONS} more reasons: see the shards that are unassigned or revoking.`));
	}
	refill(byId('bad'), ...alerts.filter((it) => it.classList.contains('bad')));
	refill(byId('warn'), ...alerts.filter((it) => it.classList.contains('warn')));
}

function reasonsOf(model) {
	const reasons = new Map();
	for (const shard of model?.tasks.flatMap((task) => task.shards) ?? []) {
		// a shard that stops in time is none of anybody's business
		if (shard.status === 'unassigned' || (shard.status === 'revoking' && LATE.test(shard.reason))) {
			const reason = (shard.reason ?? 'no reason was told').replace(INSTANT, '');
			const key = `${shard.status}\n${reason}`;
			reasons.has(key) || reasons.set(key, { count: 0, status: shard.status, reason, tasks: new Map() });
			const entry = reasons.get(key);
			entry.count++;
			entry.tasks.has(shard.task) || entry.tasks.set(shard.task, []);
			entry.tasks.get(shard.task).push(shard.shard);
		}
	}
	return [...reasons.values()];
}

function alert(kind, shape, title, text, ...more) {
	return el('div', { class: `alert ${kind}` }, glyph(shape), el('p', null, el('strong', null, `${title}. `), text.charAt(0).toUpperCase() + text.slice(1), ...more));
}

function lost(model, failure) {
	if (failure.fault) {
		return alert('bad', 'backoff', 'This page cannot show the answer', `What is below, if anything, is old. ${failure.fault}`);
	}
	if (!model) {
		return alert('bad', 'unassigned', 'Nothing to show', failure.message);
	}
	const pages = model.instances.filter((it) => !it.gone && !it.self).map((it) => [it.name, pageOf(it)]).filter(([, page]) => page).slice(0, 5);
	return alert('bad', 'unassigned', `${model.self} does not answer`,
		`${failure.status ? failure.message : 'It may be gone.'} This is the picture of ${moment(model.now)}; trying again. `,
		...pages.flatMap(([name, href], index) => [index ? ', ' : 'Pages of the others: ', el('a', { href, rel: 'noreferrer' }, name)]));
}

/** The states as buttons: what there is, how often, and a filter. */
export function renderStates(model, view, onToggle) {
	const chips = Object.entries(STATES).filter(([state]) => model.states.has(state) || view.states.has(state))
		.map(([state, words]) => button('', () => onToggle(state), { class: `chip ${state}`, title: HINTS[state], 'data-key': state, 'aria-pressed': String(view.states.has(state)) }));
	chips.forEach((chip) => {
		const state = chip.dataset.key;
		chip.append(glyph(state), `${STATES[state]} `, el('b', null, (model.states.get(state) ?? 0).toLocaleString('en')));
	});
	refill(byId('states'), ...chips);
}

/** In words that change only when the fact does, so that nothing is drawn anew under a pointer. */
export function lastContact(instance, now) {
	return instance.gone ? `gone, seen ${moment(instance.seen)}` : instance.seen === now ? 'in the group' : `seen ${moment(instance.seen)}`;
}
