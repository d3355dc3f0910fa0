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

package io.distributedtask.sample;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Ends this instance when standard input ends, that is, when the demonstration that
 * started it is gone, however it died.
 */
@Component
@ConditionalOnBooleanProperty("checksums.exit-with-parent")
class ParentWatch {

	private static final long GRACE_MILLIS = 3000;

	@EventListener
	void onStarted(ApplicationStartedEvent event) {
		daemon("parent-watch", () -> {
			awaitEnd(System.in);
			end(event.getApplicationContext());
		});
	}

	private void awaitEnd(InputStream in) {
		try {
			in.transferTo(OutputStream.nullOutputStream());
		}
		catch (IOException ex) {
			// As good an end as any
		}
	}

	/**
	 * Broker and database died with the parent: an orderly end may wait for them in vain.
	 */
	private void end(ConfigurableApplicationContext context) {
		daemon("parent-watch-halt", () -> {
			try {
				Thread.sleep(GRACE_MILLIS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			Runtime.getRuntime().halt(1);
		});
		System.exit(SpringApplication.exit(context));
	}

	private void daemon(String name, Runnable work) {
		Thread thread = new Thread(work, name);
		thread.setDaemon(true);
		thread.start();
	}

}
