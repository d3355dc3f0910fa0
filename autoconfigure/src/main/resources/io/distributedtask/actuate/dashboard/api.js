/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/** Speaks to the endpoints. All addresses are relative to the page, or to the page's files. */

const settings = document.documentElement.dataset;

export const writable = settings.writable === 'true';

/** A process that is stopped, or cut off without a word, would be waited for without end. */
const LIMIT = 10_000;

/** The status of those who are not signed in. */
export const UNKNOWN = 401;

/** An answer that is no success, with what a person can do about it. */
export class Refused extends Error {

	constructor(message, status) {
		super(message);
		this.status = status;
	}

}

export async function assignments() {
	if (!settings.assignments) {
		throw new Refused('The endpoint "assignments" is not there for this page, so there is nothing to show: add it to '
			+ 'management.endpoints.web.exposure.include, and see that management.endpoint.assignments.access is not none.', 404);
	}
	return get(`${settings.assignments}?history=true`);
}

export async function task(name) {
	return get(`${settings.assignments}/${encodeURIComponent(name)}`);
}

/** By the second header Spring Security knows a script, so that it answers without making the browser ask for a password. */
const HEADERS = { Accept: 'application/json', 'X-Requested-With': 'XMLHttpRequest' };

async function get(address) {
	return ask(address, { headers: HEADERS, cache: 'no-store' });
}

/**
 * Where the page was opened with a name and a password in its address, each relative address has them, too, and a script may
 * not ask for such a thing. The browser knows them anyway.
 */
function plain(url) {
	url.username = '';
	url.password = '';
	return url;
}

async function ask(address, options) {
	try {
		// a redirect leads to where people sign in, maybe at another origin, which a script may not follow
		return await json(await fetch(plain(new URL(address, document.baseURI)), { ...options, redirect: 'manual', signal: AbortSignal.timeout(LIMIT) }));
	}
	catch (error) {
		throw error.name === 'TimeoutError' ? new Error(`There was no answer within ${LIMIT / 1000} s.`) : error;
	}
}

/** Asks for a change of a task, or of the group: `path` is what follows the endpoint's address. */
export async function act(path, body) {
	const headers = { ...HEADERS, 'Content-Type': 'application/json' };
	const token = document.cookie.split('; ').find((cookie) => cookie.startsWith('XSRF-TOKEN='));
	if (token) {
		// how Spring Security hands its token to scripts
		headers['X-XSRF-TOKEN'] = decodeURIComponent(token.slice(token.indexOf('=') + 1));
	}
	const address = [settings.assignments, ...path.map(encodeURIComponent)].join('/');
	return ask(address, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** News after those of a number that a process has counted: behind a load balancer each has numbers of its own. */
export function news({ count, process }) {
	const address = plain(new URL('live', import.meta.url));
	address.searchParams.set('after', count);
	process && address.searchParams.set('of', process);
	return new EventSource(address);
}

/** The page of another instance; its address comes from that instance, so it may be anything. */
export function pageOf(instance) {
	try {
		const address = plain(new URL(`${instance.uri.replace(/\/$/, '')}/${settings.self}`));
		return ['http:', 'https:'].includes(address.protocol) ? address.href : null;
	}
	catch {
		return null;
	}
}

async function json(response) {
	if (response.type === 'opaqueredirect') {
		throw new Refused(explain(UNKNOWN), UNKNOWN);
	}
	const text = await response.text();
	const isJson = /[/+]json/.test(response.headers.get('Content-Type') ?? '');
	if (response.ok && (isJson || !text)) {
		return text ? JSON.parse(text) : null;
	}
	throw new Refused(explain(response.status, isJson ? JSON.parse(text) : null), response.ok ? UNKNOWN : response.status);
}

function explain(status, body) {
	const said = body?.message ?? body?.detail;
	switch (status) {
		case 200:
		case UNKNOWN:
			return 'You are not signed in, or no longer. Sign in and load this page again.';
		case 403:
			return 'You are not allowed to do this, or the application expects a CSRF token that this page cannot see.';
		case 404:
			return said ?? 'There is no such task or instance, or the endpoint is not there.';
		case 405:
			return 'This instance takes no commands: its endpoint is read-only.';
		default:
			return said ?? `The instance answered with status ${status}.`;
	}
}
