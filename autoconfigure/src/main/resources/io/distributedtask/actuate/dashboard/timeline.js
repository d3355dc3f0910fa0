/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/** The picture of the past: a lane for each task or shard in sight, its owners stacked over time, rebalances as marks. */

import { byId, clock, el, moment, plural, refill, svg } from './dom.js';

const MAX_LANES = 30;

const MAX_LINES = 60;

const LANE = 20;

const GAP = 4;

/** Below the times: rows of names of instances that came and went, then a row of marks. */
const NAMES = 26;

const NAME = 13;

const MAX_NAMES = 4;

/** Pixels that a letter takes, generously. */
const LETTER = 6.6;

/** The same, in bold. */
const BOLD = 8;

const TOGETHER = 5000;

/** Between two ticks, by the minutes that are shown: whole ones where ticks tell no seconds. */
const STEPS = { 1: 10_000, 5: 60_000, 15: 180_000, 60: 600_000 };

export function renderTimeline(root, { model, history, rows, minutes, color }) {
	const width = root.clientWidth;
	const left = width < 560 ? 92 : 170;
	const to = model.now;
	const from = to - minutes * 60_000;
	const x = (time) => left + Math.max(0, Math.min(1, (time - from) / (to - from))) * (width - left - 1);
	const lanes = rows.filter((row) => !row.expanded);
	const shown = lanes.slice(0, MAX_LANES);
	const recent = history.changes.filter((change) => change.at >= from);
	const names = place(recent, x, width);
	const top = NAMES + NAME * Math.max(0, ...names.map((it) => it.row + 1)) + GAP;
	const bottom = top + shown.length * (LANE + GAP);
	const moved = recent.filter((change) => change.kind === 'MOVED').length;
	const rebalances = recent.filter((change) => change.kind === 'REBALANCED');
	root.replaceChildren(svg('svg', { width, height: bottom + 4, role: 'img',
		'aria-label': `Owners in the last ${minutes} minutes: ${plural(rebalances.length, 'rebalance')}, ${plural(moved, 'move')}; told below as a list` },
	svg('defs', null, svg('pattern', { id: 'hatch', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
		svg('line', { x1: 0, y1: 0, x2: 0, y2: 6, class: 'hatch' }))),
	...axis(from, to, minutes, x, bottom),
	...shown.flatMap((row, index) => lane(row, top + index * (LANE + GAP), history, { from, to, x, left, width, color })),
	...marks(rebalances, x, top, bottom), ...names.map(({ element }) => element)));
	if (lanes.length > shown.length) {
		root.append(el('p', { class: 'hint' }, `${plural(lanes.length - shown.length, 'more row')}: filter to see them here.`));
	}
	byId('known').textContent = history.since > from ? `Known since ${moment(history.since)}` : '';
}

function axis(from, to, minutes, x, bottom) {
	const step = STEPS[minutes];
	const ticks = [];
	for (let time = Math.ceil(from / step) * step; time <= to; time += step) {
		const words = minutes > 5 ? clock(time).slice(0, 5) : clock(time);
		ticks.push(svg('line', { x1: x(time), x2: x(time), y1: 14, y2: bottom, class: 'tick' }),
			x(time) + words.length * LETTER < x(to) ? svg('text', { x: x(time) + 3, y: 11, class: 'tick-label' }, words) : null);
	}
	return ticks.filter(Boolean);
}

function lane(row, y, history, { from, to, x, left, width, color }) {
	const shards = row.shard ? [row.shard] : row.task.shards;
	const name = row.level === 2 ? `${row.task.name} ${row.shard.shard}` : row.task.name;
	const letters = Math.floor((left - 8) / LETTER);
	const parts = [
		svg('text', { x: 0, y: y + 14, class: 'lane' }, name.length > letters ? `${name.slice(0, letters - 1)}…` : name, svg('title', null, name)),
		svg('rect', { x: left, y, width: Math.max(0, width - left), height: LANE, class: 'unseen' })];
	let narrow = -Infinity;
	for (const block of stack(history.spans(row.task, shards), from, to)) {
		let top = y;
		const x1 = x(block.from);
		const wide = Math.max(0.5, x(block.to) - x1);
		if (wide < 1) {
			// one is worth seeing, a hundred in one place are not
			if (x1 - narrow < 1) {
				continue;
			}
			narrow = x1;
		}
		for (const [owner, count] of block.owners) {
			const height = LANE * count / shards.length;
			const says = `${owner ?? 'Nobody'}: ${shards.length > 1 ? `${plural(count, 'shard')} of ` : ''}${name}, ${moment(block.from)} to ${moment(block.to)}`;
			parts.push(svg('rect', { x: x1, y: top, width: wide, height, class: owner ? `held c${color(owner)}` : 'nobody' }, svg('title', null, says)));
			if (owner && height >= 13 && wide > owner.length * LETTER + 8) {
				parts.push(svg('text', { x: x1 + 4, y: top + height / 2 + 4, class: 'owner' }, owner));
			}
			top += height;
		}
	}
	return parts;
}

/** Times between which nothing changes, with the number of shards of each owner, and of nobody at the end. */
function stack(spans, from, to) {
	const steps = [];
	for (const { owner, from: begin, to: end = to, count } of spans) {
		if (end > from && begin < to) {
			steps.push([Math.max(begin, from), owner, count], [end, owner, -count]);
		}
	}
	steps.sort((a, b) => a[0] - b[0]);
	const blocks = [];
	const counts = new Map();
	steps.forEach(([time, owner, by], index) => {
		counts.set(owner, (counts.get(owner) ?? 0) + by);
		const until = Math.min(to, steps[index + 1]?.[0] ?? to);
		if (until > time) {
			const owners = [...counts].filter(([, count]) => count > 0).sort(([a], [b]) => (b === null || (a !== null && a < b) ? -1 : 1));
			owners.length && blocks.push({ from: time, to: until, owners });
		}
	});
	return blocks;
}

function marks(rebalances, x, top, bottom) {
	return rebalances.flatMap((change) => {
		const at = x(change.at);
		return [svg('line', { x1: at, x2: at, y1: top - 8, y2: bottom, class: 'rebalance' }),
			svg('path', { d: `M${at} ${top - 14}l5 6-5 6-5-6z`, class: 'mark' }, svg('title', null, `${moment(change.at)} ${tell(change)}`))];
	});
}

/** Names of instances that came and went, the newest first, each in the first row that has room. */
function place(changes, x, width) {
	const free = [];
	const names = [];
	for (const change of changes.filter((it) => it.kind === 'JOINED' || it.kind === 'LEFT').sort((a, b) => b.at - a.at)) {
		const words = `${change.kind === 'LEFT' ? '− ' : '+ '}${change.to ?? change.from}`;
		const wide = words.length * BOLD;
		const begin = Math.min(x(change.at) - 4, width - wide);
		let row = 0;
		while (free[row] !== undefined && begin + wide > free[row]) {
			row++;
		}
		if (row < MAX_NAMES) {
			free[row] = begin - 6;
			names.push({ row, element: svg('text', { x: begin, y: NAMES + row * NAME, class: `event ${change.kind.toLowerCase()}` }, words,
				svg('title', null, `${moment(change.at)} ${tell(change)}`)) });
		}
	}
	return names;
}

const DECISIONS = { pause: 'Pause', resume: 'Resume', move: 'Move', clear: 'Clear the move of', run: 'Run once', drain: 'Drain', undrain: 'End the drain of' };

/** A change in words. */
export function tell(change) {
	const what = change.names ?? (change.task ? `${change.task} ${change.shards ?? ''}` : '');
	const why = change.reason ? `: ${change.reason}` : '';
	switch (change.kind) {
		case 'REBALANCED':
			return `Generation ${change.generation}, led by ${change.leader}, ${plural(change.instances ?? 0, 'instance')}${why}`;
		case 'JOINED':
			return `${change.to} joined${why}`;
		case 'LEFT':
			return `${change.from} left${why}`;
		case 'ASSIGNED':
			return `${what} to ${change.to}${why}`;
		case 'MOVED':
			return `${what} from ${change.from} to ${change.to}${why}`;
		case 'REVOKED':
			return `${what} taken back from ${change.from}${why}`;
		case 'LOST':
			return `${what} lost by ${change.from}${why}`;
		case 'CRASHED':
			return `${change.from} crashed${why}`;
		case 'UNKNOWN':
			return `Nothing is known of the group from here on${why}`;
		case 'DECIDED':
			return `${DECISIONS[change.reason] ?? change.reason} ${what || (change.to ? '' : 'all tasks')}${change.to ? `${what ? ' to ' : ''}${change.to}` : ''}, asked for on ${change.askedOn}`;
		default:
			return change.reason ?? change.kind;
	}
}

/** Newest first; changes of one kind at one time are one line. */
export function summarize(changes) {
	const lines = [];
	for (const change of changes.toSorted((a, b) => b.at - a.at)) {
		const last = lines.at(-1);
		const same = last?.task && change.task && ['kind', 'from', 'to', 'reason', 'askedOn'].every((it) => last[it] === change[it]) && last.at - change.at < TOGETHER;
		if (same) {
			last.parts.push(change);
		}
		else {
			lines.push({ ...change, parts: [change] });
		}
	}
	return lines.map(({ parts, ...line }) => ({ ...line, names: line.task && parts.slice(0, 4).map((it) => `${it.task} ${it.shards ?? ''}`.trim()).join(', ')
		+ (parts.length > 4 ? ` and ${parts.length - 4} more` : '') }));
}

export function renderStory(list, changes) {
	const lines = summarize(changes).slice(0, MAX_LINES);
	refill(list, ...(lines.length ? lines : [null]).map((line) => (line
		? el('li', { class: line.kind.toLowerCase() }, el('time', null, moment(line.at)), ' ', el('span', null, tell(line)))
		: el('li', null, 'Nothing has changed since this page, or this instance, began to look.'))));
}
