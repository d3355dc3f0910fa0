/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/** Everything about one task, shard or instance, and what can be done with it. */

import { button, el, glyph, moment, plural, refill } from './dom.js';
import { pageOf } from './api.js';
import { lastContact } from './head.js';
import { describe, STATES } from './model.js';
import { summarize, tell } from './timeline.js';

const MAX_LINES = 30;

const MAX_ERRORS = 5;

export function renderDetails(root, { model, history, selected, actions, errors, onClose }) {
	const content = selected && (selected.instance ? instanceDetails(model, history, selected, actions) : taskDetails(model, history, selected, { actions, errors }));
	root.hidden = !content;
	if (content) {
		refill(root, button('×', onClose, { class: 'close', 'aria-label': 'Close the details', 'data-key': 'close' }), ...content.filter(Boolean));
	}
}

function facts(entries) {
	return el('dl', { class: 'rows' }, ...entries.filter(([, value]) => value !== null && value !== undefined && value !== '')
		.flatMap(([name, ...value]) => [el('dt', null, name), el('dd', null, ...value)]));
}

function instanceDetails(model, history, { instance: name }, actions) {
	const instance = model.instances.find((it) => it.name === name);
	if (!instance) {
		return [el('h2', null, name), el('p', null, 'This instance is gone.')];
	}
	const labels = Object.entries(instance.labels ?? {}).map(([key, value]) => `${key}=${value}`).join(', ');
	return [
		el('h2', null, el('span', { class: `swatch c${instance.color}` }), name),
		instance.problem && el('p', { class: 'reason' }, instance.problem),
		facts([
			['Contact', lastContact(instance, model.now)],
			['Role', [instance.leader && 'leader', instance.self && 'tells this page', instance.draining && 'draining'].filter(Boolean).join(', ') || (instance.gone ? null : 'member')],
			['Owns', plural(instance.owned, 'shard')],
			['Load', instance.capacity === undefined ? null : `${instance.load} at capacity ${instance.capacity}`],
			['Labels', labels],
			['Host', instance.host],
			['Member', instance.memberId],
			['Its page', link(instance, 'open')]]),
		!instance.gone && actions.instanceButtons(instance),
		...log(history.changes.filter((it) => it.from === name || it.to === name))];
}

function link(instance, words) {
	const href = instance && !instance.gone && pageOf(instance);
	return href ? el('a', { href, target: '_blank', rel: 'noopener noreferrer', 'data-key': `page ${instance.name}` }, words) : null;
}

function taskDetails(model, history, selected, { actions, errors }) {
	const task = model.tasks.find((it) => it.name === selected.task);
	if (!task) {
		return [el('h2', null, selected.task), el('p', null, 'No live instance knows this task any more.')];
	}
	const shard = task.shards.length === 1 ? task.shards[0] : task.shards.find((it) => it.shard === selected.shard);
	return [
		el('h2', null, task.name, selected.shard !== null && shard ? ` shard ${shard.shard}` : ''),
		shard ? el('p', { class: 'status' }, glyph(shard.status), STATES[shard.status]) : el('p', { class: 'status' }, describe({ task })),
		...(shard ? shardFacts(model, shard, errors) : wholeFacts(task, errors)),
		actions.taskButtons(task, shard),
		el('h3', null, 'Definition'),
		facts([['Shards', task.count], ['Weight', task.weight], ['Requires', task.requires || 'any instance'], ['Paused', task.paused ? 'yes' : 'no']]),
		...log(history.of(task.name))];
}

function shardFacts(model, shard, errors) {
	const owner = model.instances.find((it) => it.name === shard.owner);
	const { execution } = shard;
	return [
		shard.reason && el('p', { class: 'reason' }, shard.reason),
		facts([
			['Owner', shard.owner ?? 'nobody'],
			['Since', shard.since && el('time', null, moment(Date.parse(shard.since)))],
			['Fencing token', shard.fencingToken],
			...(execution ? [
				['Next run', execution.nextRun && moment(Date.parse(execution.nextRun))],
				['Runs', `${execution.runs}, of which ${execution.failures} failed`],
				['Last start', execution.lastStart && moment(Date.parse(execution.lastStart))],
				['Last end', execution.lastEnd && moment(Date.parse(execution.lastEnd))]] : [])]),
		execution?.lastError && error(shard, errors),
		!execution && shard.owner && el('p', { class: 'unknown' }, `How it runs is known on ${shard.owner} only. `, link(owner, `Ask ${shard.owner}`))];
}

function wholeFacts(task, errors) {
	const known = task.shards.filter((it) => it.execution);
	const next = known.map((it) => it.execution.nextRun).filter(Boolean).sort()[0];
	const failed = known.filter((it) => it.execution.lastError);
	const elsewhere = task.shards.filter((it) => it.owner && !it.execution).length;
	return [
		facts([
			['Owners', [...task.owners].map(([owner, count]) => `${owner}: ${count}`).join(', ') || 'nobody'],
			['Next run', next && moment(Date.parse(next))],
			['Runs', known.length ? `${known.reduce((sum, it) => sum + it.execution.runs, 0)}, of which ${known.reduce((sum, it) => sum + it.execution.failures, 0)} failed` : null]]),
		...failed.slice(0, MAX_ERRORS).map((it) => error(it, errors, `Shard ${it.shard}`)),
		elsewhere > 0 && el('p', { class: 'unknown' }, `How ${plural(elsewhere, 'shard')} of it ${elsewhere === 1 ? 'runs' : 'run'} is known on other instances only.`)];
}

function error(shard, errors, name) {
	const key = `error ${shard.task.name} ${shard.shard}`;
	return el('details', { class: 'error', open: !name, 'data-key': key }, el('summary', { 'data-key': `${key} title` }, name ? `${name}: last error` : 'Last error'),
		el('pre', { tabindex: 0, 'data-key': `${key} stack` }, errors.stackOf(shard) ?? shard.execution.lastError));
}

function log(changes) {
	const lines = summarize(changes).slice(0, MAX_LINES);
	return [el('h3', null, 'History'),
		lines.length ? el('ol', { class: 'story' }, ...lines.map((line) => el('li', { class: line.kind.toLowerCase() }, el('time', null, moment(line.at)), ' ', el('span', null, tell(line)))))
			: el('p', { class: 'unknown' }, 'No change has been seen.')];
}

