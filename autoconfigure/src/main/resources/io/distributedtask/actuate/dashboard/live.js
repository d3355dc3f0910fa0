/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/** Keeps the picture fresh: asks regularly, and at once when the instance has news (server-sent events). */

import { assignments, news } from './api.js';

const INTERVAL = 2000;

const BUSY = 30000;

export function watch(onAnswer, onFailure) {

	let timer = null;
	let asking = false;
	let again = false;
	let source = null;
	let known = 0;

	async function ask() {
		if (asking) {
			again = true;
			return;
		}
		clearTimeout(timer);
		asking = true;
		again = false;
		const begin = performance.now();
		try {
			const answer = await assignments();
			onAnswer(answer, performance.now());
		}
		catch (error) {
			onFailure(error);
		}
		asking = false;
		if (again) {
			ask();
			return;
		}
		// a group whose picture takes long is asked less often
		timer = document.hidden ? null : setTimeout(ask, Math.max(INTERVAL, 10 * (performance.now() - begin)));
	}

	function listen() {
		source?.close();
		if (document.hidden) {
			return;
		}
		source = news(known);
		source.addEventListener('news', (event) => {
			if (Number(event.data) !== known) {
				known = Number(event.data);
				ask();
			}
			listen();
		});
		source.addEventListener('busy', () => {
			source.close();
			setTimeout(listen, BUSY);
		});
		source.addEventListener('error', () => {
			if (source.readyState === EventSource.CLOSED) {
				setTimeout(listen, BUSY);
			}
		});
	}

	document.addEventListener('visibilitychange', () => {
		ask();
		listen();
	});
	ask();
	listen();
	return ask;
}
