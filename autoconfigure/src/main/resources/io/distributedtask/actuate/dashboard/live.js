/*
 * Copyright 2026 the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/** Keeps the picture fresh: asks regularly, and at once when the instance has news (server-sent events). */

import { assignments, news, UNKNOWN } from './api.js';

const INTERVAL = 2000;

/** Between two waits for news, however soon the first one has ended. */
const PAUSE = 1000;

const BUSY = 30000;

export function watch({ onAnswer, onFailure, onFault }) {

	let timer = null;
	let asking = false;
	let again = false;
	let source = null;
	let known = { count: 0, process: '' };
	let listening = null;

	async function ask() {
		if (asking) {
			again = true;
			return;
		}
		clearTimeout(timer);
		asking = true;
		again = false;
		const begin = performance.now();
		let pause = INTERVAL;
		let tell;
		try {
			const answer = await assignments();
			// a group whose picture takes long is asked less often
			pause = Math.max(pause, 10 * (performance.now() - begin));
			tell = () => onAnswer(answer);
			source ?? listen();
		}
		catch (error) {
			if (error.status === UNKNOWN) {
				// each question could make the browser ask for a password
				pause = BUSY;
				silence();
			}
			tell = () => onFailure(error);
		}
		try {
			tell();
		}
		catch (error) {
			onFault(error);
		}
		asking = false;
		if (again) {
			ask();
			return;
		}
		timer = document.hidden ? null : setTimeout(ask, pause);
	}

	function listen() {
		silence();
		if (document.hidden) {
			return;
		}
		const begin = performance.now();
		source = news(known);
		source.addEventListener('news', (event) => {
			const heard = { count: Number(event.data), process: event.lastEventId };
			if (heard.count !== known.count || heard.process !== known.process) {
				known = heard;
				ask();
			}
			listenIn(PAUSE - (performance.now() - begin));
		});
		source.addEventListener('busy', () => listenIn(BUSY));
		source.addEventListener('error', (event) => event.target.readyState === EventSource.CLOSED && listenIn(BUSY));
	}

	function silence() {
		clearTimeout(listening);
		source?.close();
		source = null;
	}

	function listenIn(millis) {
		source?.close();
		clearTimeout(listening);
		listening = setTimeout(listen, Math.max(0, millis));
	}

	document.addEventListener('visibilitychange', () => {
		silence();
		ask();
	});
	ask();
	return ask;
}
