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

package io.distributedtask.broker;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;

/**
 * Kafka's own authorizer, which also writes down what it decides. Public because the
 * broker creates it by its name.
 */
public class RecordingAuthorizer extends StandardAuthorizer {

	static final String RECORD = "test.authorization.record";

	private static final Map<String, Queue<Decision>> RECORDS = new ConcurrentHashMap<>();

	private Queue<Decision> decisions = new ConcurrentLinkedQueue<>();

	static Queue<Decision> record(String name) {
		return RECORDS.computeIfAbsent(name, (key) -> new ConcurrentLinkedQueue<>());
	}

	static void forget(String name) {
		RECORDS.remove(name);
	}

	@Override
	public void configure(Map<String, ?> configs) {
		super.configure(configs);
		this.decisions = record(String.valueOf(configs.get(RECORD)));
	}

	@Override
	public List<AuthorizationResult> authorize(AuthorizableRequestContext context, List<Action> actions) {
		List<AuthorizationResult> results = super.authorize(context, actions);
		for (int i = 0; i < actions.size(); i++) {
			Action action = actions.get(i);
			this.decisions.add(new Decision(context.principal().getName(), action.operation().name(),
					action.resourcePattern().resourceType().name(), action.resourcePattern().name(),
					results.get(i) == AuthorizationResult.ALLOWED));
		}
		return results;
	}

	/**
	 * What the authorizer decided.
	 *
	 * @param principal who asked
	 * @param operation the operation
	 * @param resourceType the type of the resource
	 * @param resource the name of the resource
	 * @param allowed whether it was allowed
	 */
	public record Decision(String principal, String operation, String resourceType, String resource, boolean allowed) {
	}

}
