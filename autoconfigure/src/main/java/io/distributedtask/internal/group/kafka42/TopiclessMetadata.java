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

package io.distributedtask.internal.group.kafka42;

import java.util.List;

import org.apache.kafka.clients.Metadata;
import org.apache.kafka.common.internals.ClusterResourceListeners;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.utils.LogContext;

/**
 * Contains the brokers and requests no topic. The base class requests all topics: a large
 * response, and an audit line for each denied topic.
 */
final class TopiclessMetadata extends Metadata {

	TopiclessMetadata(long retryBackoffMs, long retryBackoffMaxMs, long maxAgeMs, LogContext logContext) {
		super(retryBackoffMs, retryBackoffMaxMs, maxAgeMs, logContext, new ClusterResourceListeners());
	}

	@Override
	protected MetadataRequest.Builder newMetadataRequestBuilder() {
		return new MetadataRequest.Builder(List.of(), false);
	}

}
