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

package io.distributedtask.internal.group;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * One request over a connection of its own, as a stranger would send it.
 */
final class RawRequest {

	private RawRequest() {
	}

	/**
	 * Send a request and wait for the answer.
	 * @param brokerAddress the address of a broker on this machine
	 * @param request the request
	 */
	static AbstractResponse send(String brokerAddress, AbstractRequest request) {
		int port = Integer.parseInt(brokerAddress.substring(brokerAddress.indexOf(':') + 1));
		RequestHeader header = new RequestHeader(request.apiKey(), request.version(), "stranger", 1);
		ByteBuffer bytes = request.serializeWithHeader(header);
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			DataOutputStream out = new DataOutputStream(socket.getOutputStream());
			out.writeInt(bytes.remaining());
			out.write(bytes.array(), bytes.position(), bytes.remaining());
			out.flush();
			DataInputStream in = new DataInputStream(socket.getInputStream());
			byte[] answer = new byte[in.readInt()];
			in.readFully(answer);
			return AbstractResponse.parseResponse(ByteBuffer.wrap(answer), header);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
