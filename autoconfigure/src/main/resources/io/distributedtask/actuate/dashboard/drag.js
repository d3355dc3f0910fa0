/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/** Dragging a lit cell to another column, with mouse, pen or finger. */

import { el } from './dom.js';

const NEAR = 4;

export class Drag {

	#root;
	#handlers;
	#drag = null;

	constructor(root, body, handlers) {
		this.#root = root;
		this.#handlers = handlers;
		body.addEventListener('pointerdown', (event) => this.#begin(event));
		root.addEventListener('pointermove', (event) => this.#move(event));
		root.addEventListener('pointerup', (event) => this.#end(event, true));
		root.addEventListener('pointercancel', (event) => this.#end(event, false));
		document.addEventListener('keydown', (event) => event.key === 'Escape' && this.#end(event, false));
	}

	#begin(event) {
		const cell = event.target.closest('.cell');
		const shard = cell && this.#handlers.shardAt(cell);
		if (shard && event.button === 0 && this.#handlers.enabled()) {
			this.#drag = { shard, x: event.clientX, y: event.clientY, pointer: event.pointerId };
		}
	}

	#move(event) {
		const drag = this.#drag;
		if (!drag || event.pointerId !== drag.pointer) {
			return;
		}
		if (!drag.target && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > NEAR) {
			// only now, so that a click stays a click of what was clicked
			this.#root.setPointerCapture(drag.pointer);
			drag.target = el('div', { class: 'target', 'aria-hidden': 'true' });
			drag.label = el('div', { class: 'dragged', 'aria-hidden': 'true' });
			this.#root.append(drag.target);
			document.body.append(drag.label);
			this.#root.classList.add('dragging');
		}
		if (drag.target) {
			drag.column = this.#handlers.columnAt(event.clientX);
			const { shard, column } = drag;
			const allowed = column && !column.instance.gone && column.instance.name !== shard.owner;
			drag.target.hidden = !allowed;
			drag.target.style.left = allowed ? `${column.left}px` : '';
			drag.label.style.left = `${event.clientX + 12}px`;
			drag.label.style.top = `${event.clientY + 12}px`;
			drag.label.textContent = `${shard.task.name} ${shard.shard} → ${allowed ? column.instance.name : '…'}`;
			drag.allowed = allowed;
		}
	}

	#end(event, drop) {
		const drag = this.#drag;
		this.#drag = null;
		drag?.target?.remove();
		drag?.label?.remove();
		this.#root.classList.remove('dragging');
		if (drop && drag?.allowed) {
			this.#handlers.onDrop(drag.shard, drag.column.instance);
		}
	}

}
