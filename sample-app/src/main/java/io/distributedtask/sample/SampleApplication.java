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

import java.util.Arrays;
import java.util.List;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.scheduling.annotation.EnableScheduling;

/**
 * Shared checksums. With {@code --instance} this process is one instance of the service;
 * without, it is the demonstration, which starts several instances.
 */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
public class SampleApplication {

	private static final String INSTANCE = "--instance";

	public static void main(String[] args) {
		if (Arrays.asList(args).contains(INSTANCE)) {
			runInstance(args);
		}
		else {
			System.exit(runDemonstration(args));
		}
	}

	private static void runInstance(String[] args) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(new SimpleCommandLinePropertySource(args));
		for (String required : List.of("spring.datasource.url", "spring.kafka.bootstrap-servers")) {
			if (environment.getProperty(required) == null) {
				System.err.println("An instance needs --" + required + "=..., shared with the other instances");
				System.err.println();
				System.err.println(DemonstrationOptions.USAGE);
				System.exit(DemonstrationOptions.EXIT_USAGE);
			}
		}
		SpringApplication.run(SampleApplication.class, args);
	}

	private static int runDemonstration(String[] args) {
		DemonstrationOptions options;
		try {
			options = DemonstrationOptions.parse(List.of(args));
		}
		catch (IllegalArgumentException ex) {
			System.err.println(ex.getMessage());
			System.err.println();
			System.err.println(DemonstrationOptions.USAGE);
			return DemonstrationOptions.EXIT_USAGE;
		}
		if (options.help()) {
			System.out.println(DemonstrationOptions.USAGE);
			return 0;
		}
		return Demonstration.run(options);
	}

}
