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

package io.distributedtask.faults.instance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

import io.distributedtask.faults.history.HistoryEvent.Kind;
import io.distributedtask.faults.history.HistoryWriter;
import io.distributedtask.faults.mutation.Mutation;
import io.distributedtask.faults.mutation.Mutations;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.support.GenericApplicationContext;

/**
 * One instance as a process: an ordinary Spring Boot application that takes orders from
 * the laboratory on standard input, and ends when that ends.
 */
public final class InstanceMain {

	/** How an argument says that the code under test is as it is. */
	public static final String NO_MUTATION = "-";

	private InstanceMain() {
	}

	/**
	 * Run an instance.
	 * @param args the folder of the history, the name of this source, the port of the
	 * store, the mutation or {@value #NO_MUTATION}; then arguments of the application
	 * @throws IOException if standard input fails
	 */
	public static void main(String[] args) throws IOException {
		Mutations.install(NO_MUTATION.equals(args[3]) ? null : Mutation.valueOf(args[3]));
		HistoryWriter history = new HistoryWriter(Path.of(args[0]), args[1]);
		LeaseSampler leases = new LeaseSampler(history);
		FencedStore.Client store = new FencedStore.Client(Integer.parseInt(args[2]), args[1]);
		SpringApplication application = new SpringApplication(InstanceApplication.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.addInitializers((ApplicationContextInitializer<GenericApplicationContext>) (context) -> {
			context.registerBean(HistoryWriter.class, () -> history, (bean) -> bean.setDestroyMethodName(""));
			context.registerBean(LeaseSampler.class, () -> leases, (bean) -> bean.setDestroyMethodName(""));
			context.registerBean(FencedStore.Client.class, () -> store);
		});
		application.addListeners((ApplicationListener<ContextClosedEvent>) (event) -> history.write(Kind.STOPPING, ""));
		SpringApplication.getShutdownHandlers().add(() -> history.write(Kind.STOPPED, ""));
		ConfigurableApplicationContext context = application.run(Arrays.copyOfRange(args, 4, args.length));
		history.write(Kind.STARTED, String.valueOf(ProcessHandle.current().pid()));
		obey(context, history);
	}

	private static void obey(ConfigurableApplicationContext context, HistoryWriter history) throws IOException {
		InstanceOrders orders = new InstanceOrders(context, history);
		BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String line = in.readLine(); line != null; line = in.readLine()) {
			orders.obey(line.split(" "));
		}
		// the laboratory is gone, and brokers with it: there is nothing to leave in order
		Runtime.getRuntime().halt(1);
	}

}
