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

package io.distributedtask.actuate.endpoint;

import org.springframework.boot.actuate.endpoint.ApiVersion;
import org.springframework.boot.actuate.endpoint.Producible;
import org.springframework.util.MimeType;
import org.springframework.util.MimeTypeUtils;

/**
 * What a client may accept. It gets JSON in any case: a person who opens the endpoint in
 * a browser shall see something. Of several that are accepted the last one is taken.
 */
enum AcceptedType implements Producible<AcceptedType> {

	/**
	 * A page.
	 */
	HTML(MimeTypeUtils.TEXT_HTML),

	/**
	 * JSON of no version.
	 */
	JSON(MimeTypeUtils.APPLICATION_JSON),

	/**
	 * JSON of the actuator, second version.
	 */
	V2(ApiVersion.V2.getProducedMimeType()),

	/**
	 * JSON of the actuator, third version.
	 */
	V3(ApiVersion.V3.getProducedMimeType());

	private final MimeType type;

	AcceptedType(MimeType type) {
		this.type = type;
	}

	@Override
	public MimeType getProducedMimeType() {
		return this.type;
	}

	@Override
	public boolean isDefault() {
		return this == V3;
	}

	/**
	 * The type that the client gets.
	 * @return a kind of JSON
	 */
	MimeType response() {
		return (this == HTML) ? JSON.type : this.type;
	}

}
