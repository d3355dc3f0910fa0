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

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link DemonstrationOptions}.
 */
class DemonstrationOptionsTests {

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path folder;

	@Test
	void readsOptions() {
		DemonstrationOptions options = DemonstrationOptions.parse(List.of("--folder=" + this.folder, "--instances=5",
				"--script=quit@1s", "--no-wait", "--verify=all", "--spring.kafka.bootstrap-servers=localhost:9092",
				"--checksums.pace=2", "--distributed-task.session-timeout=6s"));
		assertThat(options.folder()).isEqualTo(this.folder);
		assertThat(options.instances()).isEqualTo(5);
		assertThat(options.script()).isEqualTo(Script.parse("quit@1s"));
		assertThat(options.patient()).isFalse();
		assertThat(options.verify()).isEqualTo(Integer.MAX_VALUE);
		assertThat(options.bootstrapServers()).isEqualTo("localhost:9092");
		assertThat(options.instanceArguments()).containsExactly("--checksums.pace=2",
				"--distributed-task.session-timeout=6s");
	}

	@Test
	void hasDefaults() {
		DemonstrationOptions options = DemonstrationOptions.parse(List.of("--folder=" + this.folder));
		assertThat(options.instances()).isEqualTo(3);
		assertThat(options.script()).isNull();
		assertThat(options.bootstrapServers()).isNull();
		assertThat(options.export()).isNull();
		assertThat(options.patient()).isTrue();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			value = { "--frob|'--frob' is not an option", "frob|'frob' is not an option",
					"--instances=0|--instances needs a number from 1 to 20, not '0'",
					"--instances=many|--instances needs a number from 1 to 20, not 'many'",
					"--script|--script needs a value", "--folder=/no/such/folder|There is no folder '/no/such/folder'",
					"--spring.kafka.bootstrap-servers=|--spring.kafka.bootstrap-servers needs a value" })
	void saysWhatIsWrong(String argument, String message) {
		assertThatIllegalArgumentException().isThrownBy(() -> DemonstrationOptions.parse(List.of(argument)))
			.withMessageContaining(message);
	}

}
