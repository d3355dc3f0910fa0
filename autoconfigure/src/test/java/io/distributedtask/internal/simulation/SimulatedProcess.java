/*
 * Copyright 2026 the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.distributedtask.internal.simulation;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A process that can be frozen and killed. What would happen in it while it is frozen
 * happens when it thaws, in the same order.
 */
public final class SimulatedProcess {

	private final VirtualTime time;

	private final Deque<Runnable> held = new ArrayDeque<>();

	private boolean frozen;

	private boolean dead;

	public SimulatedProcess(VirtualTime time) {
		this.time = time;
	}

	public VirtualTime.Event after(long nanos, Runnable action) {
		return this.time.after(nanos, () -> execute(action));
	}

	void execute(Runnable action) {
		if (this.dead) {
			return;
		}
		if (this.frozen) {
			this.held.add(action);
		}
		else {
			action.run();
		}
	}

	public void freeze() {
		this.frozen = true;
	}

	public void thaw() {
		this.frozen = false;
		while (!this.held.isEmpty()) {
			after(0, this.held.remove());
		}
	}

	void kill() {
		this.dead = true;
		this.held.clear();
	}

	boolean isFrozen() {
		return this.frozen;
	}

	boolean isDead() {
		return this.dead;
	}

}
