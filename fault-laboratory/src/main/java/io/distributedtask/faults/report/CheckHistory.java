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

package io.distributedtask.faults.report;

import java.nio.file.Path;

import io.distributedtask.faults.history.GroupFile;
import io.distributedtask.faults.history.History;
import io.distributedtask.faults.rules.Checker;
import io.distributedtask.faults.rules.Verdict;

/**
 * Checks a history again that was written down before.
 */
public final class CheckHistory {

	private CheckHistory() {
	}

	/**
	 * Read a folder, print what is found, and end with 1 if a promise was broken.
	 * @param args the folder
	 */
	public static void main(String[] args) {
		Path folder = Path.of(args[0]);
		GroupFile file = GroupFile.read(folder);
		History history = History.read(folder);
		Verdict verdict = Checker.check(history, file.group());
		System.out.println(Report.figures(verdict, file.group()));
		System.out.println(Report.violations(history, verdict, file.seed()));
		System.exit(verdict.violations().isEmpty() ? 0 : 1);
	}

}
