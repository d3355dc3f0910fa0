/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/** Puts the page together: one model, one view of it, drawn anew at each answer. */

import { Actions } from './actions.js';
import { writable } from './api.js';
import { renderDetails } from './details.js';
import { button, byId, plural, refill } from './dom.js';
import { Errors } from './errors.js';
import { renderAlerts, renderGroup, renderStates } from './head.js';
import { History } from './history.js';
import { watch } from './live.js';
import { Matrix } from './matrix.js';
import { Instances, rowsOf, toModel } from './model.js';
import { renderStory, renderTimeline } from './timeline.js';

const RANGES = [[1, '1 min'], [5, '5 min'], [15, '15 min'], [60, '1 hour']];

const view = { query: '', states: new Set(), open: new Set(), selected: null, minutes: null };

const instances = new Instances();

const history = new History();

let model = null;

let refresh = () => {};

const actions = new Actions(() => refresh());

const errors = new Errors(() => draw());

const matrix = new Matrix(byId('matrix'), {
	writable,
	isSelected: (task, shard) => view.selected?.task === task && view.selected.shard === shard,
	onSelect: (task, shard) => select({ task, shard }),
	onInstance: (instance) => select({ instance }),
	onOpen: ({ task }, open) => {
		view.open.delete(open ? `-${task.name}` : task.name);
		view.open.add(open ? task.name : `-${task.name}`);
		draw();
	},
	onMove: (task, shard, instance) => actions.move(task, shard, instance)
});

function select(selected) {
	view.selected = selected;
	draw();
}

function draw() {
	if (!model) {
		return;
	}
	const rows = rowsOf(model, view);
	const shards = rows.reduce((sum, row) => sum + (row.level === 1 ? row.shown : 0), 0);
	refill(byId('count'), shards === model.total ? '' : `${plural(shards, 'shard')} of ${model.total.toLocaleString('en')}`);
	renderStates(model, view, (state) => {
		view.states.delete(state) || view.states.add(state);
		draw();
	});
	matrix.update(model, rows);
	renderDetails(byId('details'), { model, history, selected: view.selected, actions, errors, onClose: () => {
		select(null);
		byId('matrix').focus();
	} });
	drawTime(rows);
}

function drawTime(rows) {
	refill(byId('ranges'), ...RANGES.map(([minutes, words]) => button(words, () => {
		view.minutes = minutes;
		draw();
	}, { class: 'chip', 'data-key': minutes, 'aria-pressed': String(view.minutes === minutes) })));
	renderTimeline(byId('timeline'), { model, history, rows, minutes: view.minutes, color: (name) => instances.color(name) });
	renderStory(byId('story'), history.changes);
}

function onAnswer(answer) {
	const now = Date.parse(answer.asOf);
	model = toModel(answer, instances.update(answer, now), now);
	history.update(model);
	// until a person chooses, all that is known of the last hour
	view.minutes ??= RANGES.map(([minutes]) => minutes).find((minutes) => now - history.since < minutes * 60_000) ?? 60;
	actions.update(model);
	byId('main').hidden = false;
	document.body.classList.remove('stale');
	renderGroup(model, actions);
	renderAlerts(model, null);
	draw();
}

function onFailure(failure) {
	actions.fail();
	document.body.classList.toggle('stale', !!model);
	renderAlerts(model, failure);
}

/** The answer is there, and it is this page that cannot cope with it. */
function onFault(fault) {
	reportError(fault);
	document.body.classList.toggle('stale', !!model);
	renderAlerts(null, { fault });
}

function begin() {
	document.body.classList.toggle('writable', writable);
	byId('hint').textContent = `Keys in the table: arrows move and open, Enter shows details${writable ? ', m moves a shard. A lit cell can be dragged to another column' : ''}.`;
	byId('filter').addEventListener('input', (event) => {
		view.query = event.target.value;
		byId('matrix').scrollTop = 0;
		draw();
	});
	document.addEventListener('keydown', (event) => {
		if (event.key === '/' && !event.target.closest('input, select, dialog')) {
			event.preventDefault();
			byId('filter').focus();
		}
		if (event.key === 'Escape' && view.selected && !byId('dialog').open) {
			select(null);
		}
	});
	new ResizeObserver(() => draw()).observe(byId('timeline').parentElement);
	refresh = watch({ onAnswer, onFailure, onFault });
}

/** A foreign page must not show this one inside itself, under something that invites a click. */
function isFramed() {
	try {
		return window.top.location.origin !== window.location.origin;
	}
	catch {
		return true;
	}
}

if (isFramed()) {
	renderAlerts(null, { message: 'This page does not show itself inside a page of another origin. Open it in a window of its own.' });
}
else {
	begin();
}
