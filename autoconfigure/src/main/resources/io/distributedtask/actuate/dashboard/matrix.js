/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/** The board: tasks and shards as rows, instances as columns, the owner's cell lit. Only rows in sight are in the document. */

import { el, glyph, plural, refill } from './dom.js';
import { lastContact } from './head.js';
import { describe, STATES } from './model.js';
import { Drag } from './drag.js';

const ROW = 28;

const SPARE = 6;

/** Columns as wide as this have room for words. */
const WORDS = 92;

const MAX_TALLIES = 4;

export class Matrix {

	#root;
	#handlers;
	#head = el('div', { class: 'head', role: 'row', 'aria-rowindex': 1 });
	#body = el('div', { class: 'body', role: 'rowgroup' });
	#model = null;
	#rows = [];
	#active = 0;
	#sizes = null;

	constructor(root, handlers) {
		this.#root = root;
		this.#handlers = handlers;
		for (const [name, value] of Object.entries({ role: 'treegrid', tabindex: 0, 'aria-labelledby': 'board-title' })) {
			root.setAttribute(name, value);
		}
		root.append(this.#head, this.#body);
		root.addEventListener('scroll', () => requestAnimationFrame(() => this.#renderBody()), { passive: true });
		root.addEventListener('keydown', (event) => this.#key(event));
		root.addEventListener('focus', () => this.#renderBody());
		this.#body.addEventListener('click', (event) => this.#click(event));
		new ResizeObserver(() => this.#model && this.#render()).observe(root);
		new Drag(root, this.#body, {
			shardAt: (cell) => this.#rows[cell.closest('.row')?.dataset.index]?.shard,
			columnAt: (x) => this.#columnAt(x),
			onDrop: (shard, instance) => this.#handlers.onMove(shard.task.name, shard.shard, instance.name),
			enabled: () => this.#handlers.writable
		});
	}

	update(model, rows) {
		this.#model = model;
		this.#rows = rows;
		this.#active = Math.max(0, Math.min(this.#active, rows.length - 1));
		this.#render();
	}

	#render() {
		this.#measure();
		this.#root.setAttribute('aria-rowcount', this.#rows.length + 1);
		this.#root.setAttribute('aria-colcount', this.#model.instances.length + 2);
		this.#body.style.height = `${Math.max(1, this.#rows.length) * ROW}px`;
		this.#renderHead();
		this.#renderBody();
	}

	#measure() {
		const width = this.#root.clientWidth;
		const narrow = width < 560;
		const name = narrow ? 124 : 220;
		const state = narrow ? 30 : 184;
		const columns = Math.max(1, this.#model.instances.length);
		const column = Math.max(18, Math.min(320, Math.floor((width - name - state - 1) / columns)));
		this.#sizes = { name, state, column, offset: name + state, words: column >= WORDS, narrow };
		for (const [key, value] of Object.entries({ name, state, column, all: name + state + columns * column })) {
			this.#root.style.setProperty(`--${key}`, `${value}px`);
		}
		this.#root.classList.toggle('slim', !this.#sizes.words);
		this.#root.classList.toggle('narrow', narrow);
	}

	#renderHead() {
		refill(this.#head,
			el('div', { role: 'columnheader', class: 'corner', 'aria-colindex': 1 }, 'Task'),
			el('div', { role: 'columnheader', class: 'corner state', 'aria-colindex': 2 }, el('span', { class: this.#sizes.narrow ? 'spoken' : null }, 'State')),
			...this.#model.instances.map((instance, index) => this.#headCell(instance, index)));
	}

	#headCell(instance, index) {
		const { self, busiest } = this.#model;
		const isSelf = instance.name === self;
		const labels = Object.entries(instance.labels ?? {}).map(([key, value]) => `${key}=${value}`).join(' ');
		const notes = [instance.leader && 'leader', isSelf && 'this instance', instance.draining && 'draining', lastContact(instance, this.#model.now)].filter(Boolean);
		const says = `${instance.name}: ${plural(instance.owned, 'shard')}, ${notes.join(', ')}${labels ? `, ${labels}` : ''}`;
		const load = el('span', { class: 'load' }, el('span', { class: 'bar' }));
		load.firstChild.style.inlineSize = `${Math.round(100 * instance.load / (instance.capacity || 1) / busiest)}%`;
		return el('div', { role: 'columnheader', 'aria-colindex': index + 3, class: `instance c${instance.color}${instance.gone ? ' gone' : ''}${instance.draining ? ' draining' : ''}` },
			el('button', { type: 'button', 'data-key': instance.name, title: says, 'aria-label': says, onclick: () => this.#handlers.onInstance(instance.name) },
				el('span', { class: 'label' }, instance.leader && glyph('leader'), el('span', { class: 'text' }, instance.name)),
				load,
				this.#sizes.words && el('span', { class: 'small' }, `${plural(instance.owned, 'shard')}${isSelf && !this.#sizes.narrow ? ' · here' : ''}`),
				this.#sizes.words && el('span', { class: `small${instance.draining ? ' strong' : ''}` }, instance.draining ? 'draining' : labels),
				this.#sizes.words && el('span', { class: `small${instance.gone ? ' strong' : ''}` }, lastContact(instance, this.#model.now))));
	}

	#renderBody() {
		const first = Math.max(0, Math.floor(this.#root.scrollTop / ROW) - SPARE);
		const last = Math.min(this.#rows.length, Math.ceil((this.#root.scrollTop + this.#root.clientHeight) / ROW) + SPARE);
		const rows = [];
		for (let index = first; index < last; index++) {
			rows.push(this.#row(this.#rows[index], index));
		}
		if (!rows.length) {
			rows.push(el('p', { class: 'nothing' }, this.#model?.tasks.length ? 'Nothing matches the filter.' : 'No live instance knows a task yet.'));
		}
		refill(this.#body, ...rows);
		if (this.#rows.length) {
			this.#root.setAttribute('aria-activedescendant', `row-${this.#active}`);
		}
	}

	#row(row, index) {
		const { task, shard, level } = row;
		const words = describe(row);
		const name = level === 2 ? `shard ${shard.shard}` : task.name;
		const chosen = this.#handlers.isSelected(task.name, level === 2 ? shard.shard : null);
		const element = el('div', {
			role: 'row', id: `row-${index}`, 'data-index': index, 'aria-level': level, 'aria-rowindex': index + 2, 'aria-selected': String(chosen),
			'aria-expanded': level === 1 && !row.single ? String(row.expanded) : null,
			class: `row level${level}${index === this.#active ? ' active' : ''}`
		},
		el('div', { role: 'rowheader', class: 'name', 'aria-colindex': 1, title: level === 2 ? `${task.name}, ${name}` : name },
			level === 1 && el('span', { class: `twist${row.single ? ' none' : ''}`, 'aria-hidden': 'true' }, row.single ? '' : row.expanded ? '▾' : '▸'),
			el('span', { class: 'text' }, name),
			level === 1 && !row.single && el('span', { class: 'count' }, row.shown < task.shards.length ? `${row.shown}/${task.shards.length}` : task.shards.length)),
		el('div', { role: 'gridcell', class: 'state', 'aria-colindex': 2, title: shard?.reason ?? words }, ...this.#state(row, words)),
		...this.#cells(row));
		element.style.top = `${index * ROW}px`;
		return element;
	}

	#state({ task, shard }, words) {
		if (shard) {
			return [glyph(shard.status, this.#sizes.narrow ? words : null), this.#sizes.narrow ? null : el('span', { class: `text ${shard.status}` }, words)];
		}
		const states = Object.keys(STATES).filter((state) => task.states.has(state)).reverse();
		if (this.#sizes.narrow) {
			return [glyph(states[0], words)];
		}
		const tallies = states.slice(0, MAX_TALLIES).map((state) => el('span', { class: `tally ${state}`, title: STATES[state] }, glyph(state, STATES[state]), task.states.get(state)));
		return states.length > MAX_TALLIES ? [...tallies, '…'] : tallies;
	}

	#cells({ task, shard }) {
		if (shard) {
			const cell = this.#cell(shard.owner, `cell ${shard.status}`, `${STATES[shard.status]} on ${shard.owner}`);
			cell?.append(glyph(shard.status), this.#sizes.words ? el('span', { class: 'text' }, STATES[shard.status]) : '');
			return cell ? [cell] : [];
		}
		return [...task.owners].map(([owner, count]) => {
			const cell = this.#cell(owner, 'cell tallied', `${plural(count, 'shard')} on ${owner}`);
			cell?.append(this.#sizes.column >= 26 ? String(count) : '');
			cell?.style.setProperty('--share', `${Math.round(50 + 50 * count / task.shards.length)}%`);
			return cell;
		}).filter(Boolean);
	}

	#cell(owner, kind, says) {
		const index = this.#model.columns.get(owner);
		if (index === undefined) {
			return null;
		}
		const cell = el('div', { role: 'gridcell', class: `${kind} c${this.#model.instances[index].color}`, 'aria-colindex': index + 3, 'aria-label': says, title: says });
		cell.style.left = `${this.#sizes.offset + index * this.#sizes.column}px`;
		return cell;
	}

	#columnAt(x) {
		const at = x - this.#root.getBoundingClientRect().left;
		const index = Math.floor((at + this.#root.scrollLeft - this.#sizes.offset) / this.#sizes.column);
		const instance = at > this.#sizes.offset ? this.#model.instances[index] : undefined;
		return instance && { instance, left: this.#sizes.offset + index * this.#sizes.column };
	}

	#click(event) {
		const element = event.target.closest('.row');
		if (element) {
			this.#active = Number(element.dataset.index);
			const row = this.#rows[this.#active];
			if (event.target.closest('.twist, .count') && row.level === 1 && !row.single) {
				this.#handlers.onOpen(row, !row.expanded);
			}
			else {
				this.#choose(row);
			}
		}
	}

	#choose(row) {
		this.#handlers.onSelect(row.task.name, row.level === 2 ? row.shard.shard : null);
	}

	#key(event) {
		const row = this.#rows[this.#active];
		if (event.target !== this.#root || !row || event.ctrlKey || event.metaKey || event.altKey) {
			return;
		}
		const page = Math.max(1, Math.floor((this.#root.clientHeight - this.#head.offsetHeight) / ROW) - 1);
		const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
		if (event.key in steps) {
			this.#activate(this.#active + steps[event.key]);
		}
		else if (event.key === 'ArrowRight' && row.level === 1 && !row.single && !row.expanded) {
			this.#handlers.onOpen(row, true);
		}
		else if (event.key === 'ArrowLeft' && row.expanded) {
			this.#handlers.onOpen(row, false);
		}
		else if (event.key === 'ArrowLeft' && row.level === 2) {
			this.#activate(this.#rows.findIndex((it) => it.level === 1 && it.task === row.task));
		}
		else if (event.key === 'Enter' || event.key === ' ') {
			this.#choose(row);
		}
		else if (event.key === 'm' && row.shard && this.#handlers.writable) {
			this.#handlers.onMove(row.task.name, row.shard.shard, null);
		}
		else {
			return;
		}
		event.preventDefault();
	}

	#activate(index) {
		this.#active = Math.max(0, Math.min(index, this.#rows.length - 1));
		const top = this.#active * ROW;
		const room = this.#root.clientHeight - this.#head.offsetHeight;
		this.#root.scrollTop = Math.min(top, Math.max(this.#root.scrollTop, top + ROW - room));
		this.#renderBody();
	}

}
