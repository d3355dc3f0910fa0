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

package io.distributedtask.actuate.dashboard;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import io.distributedtask.actuate.dashboard.GroupChanges.BusyException;
import io.distributedtask.actuate.endpoint.AssignmentsEndpoint;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.util.MimeType;

/**
 * {@link WebEndpoint @WebEndpoint} that serves a page that shows the group and, where the
 * {@link AssignmentsEndpoint} may be written to, acted on. The page itself holds no data:
 * its script asks the assignments endpoint, with the rights of whoever looks at it.
 *
 * @since 0.1.0
 */
@WebEndpoint(id = "taskdashboard", defaultAccess = Access.READ_ONLY)
@ImportRuntimeHints(DashboardFiles.Hints.class)
public class TaskDashboardEndpoint {

	private static final EndpointId ID = EndpointId.of("taskdashboard");

	private static final EndpointId ASSIGNMENTS = EndpointId.of("assignments");

	private static final String LIVE = "live";

	private static final String HTML = "text/html;charset=UTF-8";

	private static final String EVENTS = "text/event-stream";

	/**
	 * Shorter than the time after which a proxy would give up.
	 */
	private static final Duration WAIT = Duration.ofSeconds(15);

	private final GroupChanges changes;

	private final ObjectProvider<PathMappedEndpoints> endpoints;

	private final ObjectProvider<EndpointAccessResolver> access;

	/**
	 * Create a new endpoint.
	 * @param changes signals when the page should refresh
	 * @param endpoints supplies the paths of the endpoints
	 * @param access supplies whether the assignments endpoint allows writing
	 */
	public TaskDashboardEndpoint(GroupChanges changes, ObjectProvider<PathMappedEndpoints> endpoints,
			ObjectProvider<EndpointAccessResolver> access) {
		this.changes = changes;
		this.endpoints = endpoints;
		this.access = access;
	}

	/**
	 * The page, at an address without a slash at its end.
	 * @return the page
	 */
	@ReadOperation(produces = HTML)
	public Resource page() {
		String path = path(ID, ID.toLowerCaseString());
		return page(path.substring(path.lastIndexOf('/') + 1) + "/", "../".repeat(depth(path) - 1));
	}

	/**
	 * A file of the page, or an update.
	 * @param path the path below the page
	 * @param after the number of changes that the page knows, for updates
	 * @param of the process that has counted them
	 * @return the response, {@code null} if there is no such file
	 */
	@ReadOperation(produces = { HTML, DashboardFiles.SCRIPT, DashboardFiles.STYLE, DashboardFiles.IMAGE, EVENTS })
	public @Nullable WebEndpointResponse<Resource> file(@Selector(match = Match.ALL_REMAINING) String[] path,
			@Nullable Long after, @Nullable String of) {
		if (path.length == 0) {
			Resource page = page("", "../".repeat(depth(path(ID, ID.toLowerCaseString()))));
			return new WebEndpointResponse<>(page, MimeType.valueOf(HTML));
		}
		if (path.length > 1) {
			return null;
		}
		if (path[0].equals(LIVE)) {
			return new WebEndpointResponse<>(text(news(of, (after != null) ? after : 0)), MimeType.valueOf(EVENTS));
		}
		MimeType type = DashboardFiles.type(path[0]);
		return (type != null) ? new WebEndpointResponse<>(DashboardFiles.file(path[0]), type) : null;
	}

	/**
	 * One event, after which the response ends: an operation cannot write a stream.
	 */
	private String news(@Nullable String process, long known) {
		try {
			long count = this.changes.await(process, known, WAIT);
			return "event: news\nid: %s\ndata: %d\n\n".formatted(this.changes.process(), count);
		}
		catch (BusyException ex) {
			return "event: busy\ndata: " + ex.getMessage() + "\n\n";
		}
	}

	/**
	 * All addresses are relative to the page's own, so that neither a context path nor a
	 * proxy matters.
	 */
	private Resource page(String files, String up) {
		String assignments = path(ASSIGNMENTS, "");
		Map<String, String> values = new LinkedHashMap<>();
		values.put("files", files);
		values.put("assignments", assignments.isEmpty() ? "" : up + assignments);
		values.put("self", path(ID, ID.toLowerCaseString()));
		values.put("writable", String.valueOf(!assignments.isEmpty() && isWritable()));
		return text(DashboardFiles.page(values));
	}

	private boolean isWritable() {
		Endpoint endpoint = Objects.requireNonNull(AssignmentsEndpoint.class.getAnnotation(Endpoint.class));
		EndpointAccessResolver resolver = this.access.getIfAvailable();
		Access access = (resolver != null) ? resolver.accessFor(ASSIGNMENTS, endpoint.defaultAccess())
				: endpoint.defaultAccess();
		return access == Access.UNRESTRICTED;
	}

	/**
	 * Where an endpoint is, below the base path.
	 */
	private String path(EndpointId id, String fallback) {
		PathMappedEndpoints endpoints = this.endpoints.getIfAvailable();
		String path = (endpoints != null) ? endpoints.getRootPath(id) : null;
		return (path != null) ? path : fallback;
	}

	private static int depth(String path) {
		return path.split("/").length;
	}

	private static Resource text(String text) {
		return new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8));
	}

}
