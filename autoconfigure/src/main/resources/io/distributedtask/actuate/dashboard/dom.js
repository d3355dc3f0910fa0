/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/** Makes elements. Text is always text here, so nothing that the group says can become markup. */

const SVG = 'http://www.w3.org/2000/svg';

function fill(element, attributes, children) {
	for (const [name, value] of Object.entries(attributes ?? {})) {
		if (name.startsWith('on')) {
			element.addEventListener(name.slice(2), value);
		}
		else if (value !== null && value !== undefined && value !== false) {
			element.setAttribute(name, value === true ? '' : value);
		}
	}
	element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
	return element;
}

export function el(tag, attributes, ...children) {
	return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes, ...children) {
	return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** A shape that tells a state apart without its color. */
export function glyph(name, label) {
	const use = svg('use', { href: `#s-${name}` });
	return svg('svg', { class: `glyph ${name}`, role: label ? 'img' : null, 'aria-label': label, 'aria-hidden': !label ? 'true' : null }, use);
}

export function button(text, onclick, attributes) {
	return el('button', { type: 'button', onclick, ...attributes }, text);
}

export function byId(id) {
	return document.getElementById(id);
}

/**
 * Replaces only those children that differ, so that focus, selection and a click that has begun survive a refresh.
 * What looks the same keeps its old listeners, so what they act on has to be told by an attribute. A `data-key` tells what
 * is the same in a new shape, and a `data-place` what stands for what was there before: "Resume" for "Pause".
 */
export function refill(parent, ...children) {
	const fresh = children.filter((child) => child !== null && child !== undefined && child !== false)
		.map((child) => (child instanceof Node ? child : document.createTextNode(child)));
	const { key, place } = parent.contains(document.activeElement) ? document.activeElement.dataset : {};
	keepOpen(parent, fresh);
	fresh.forEach((child, index) => {
		const old = parent.childNodes[index];
		if (!old) {
			parent.append(child);
		}
		else if (!old.isEqualNode(child)) {
			old.replaceWith(child);
		}
	});
	while (parent.childNodes.length > fresh.length) {
		parent.lastChild.remove();
	}
	if ((key || place) && !parent.contains(document.activeElement)) {
		const all = [...parent.querySelectorAll('[data-key]')];
		(all.find((it) => it.dataset.key === key) ?? all.find((it) => place && it.dataset.place === place))?.focus();
	}
}

/** A person has opened or closed them, and that is no difference. */
function keepOpen(parent, fresh) {
	const former = new Map([...parent.querySelectorAll('details')].map((it) => [it.dataset.key, it.open]));
	for (const child of former.size ? fresh.filter((it) => it instanceof Element) : []) {
		for (const it of [child, ...child.querySelectorAll('details')].filter((it) => it.matches('details') && former.has(it.dataset.key))) {
			it.open = former.get(it.dataset.key);
		}
	}
}

export function plural(count, word) {
	return `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`;
}

// a format is slow to make, and the timeline tells thousands of times
const CLOCK = new Intl.DateTimeFormat([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

const DAY = new Intl.DateTimeFormat([], { day: 'numeric', month: 'short' });

export function clock(millis) {
	return CLOCK.format(millis);
}

/** With its date, unless that is today's. */
export function moment(millis) {
	return new Date(millis).toDateString() === new Date().toDateString() ? clock(millis) : `${DAY.format(millis)} ${clock(millis)}`;
}
