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

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.fixture.SharedBroker;
import io.distributedtask.internal.group.TestInstance.Settings;
import io.distributedtask.internal.group.wire.Envelope;
import io.distributedtask.internal.group.wire.Envelope.Content;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Versions of an application, and of what instances say to each other, side by side, as
 * in a rolling deployment and when it is taken back.
 */
class MixedVersionsIntegrationTests {

	private static final Duration SESSION = Duration.ofSeconds(20);

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void instancesOfALaterVersionThatSayMoreAreUnderstood(boolean laterLeads) {
		try (TestGroup group = new TestGroup(SharedBroker.get(), SESSION)) {
			GroupProxy later = group.proxy();
			later.rewrite(MixedVersionsIntegrationTests::withMoreFields);
			TestInstance first = (laterLeads ? group.instance("first", later) : group.instance("first")).start();
			group.awaitRest("at first");
			// upwards or downwards
			TestInstance second = (laterLeads ? group.instance("second") : group.instance("second", later)).start();
			group.awaitRest("side by side");
			assertThat(second.running()).hasSize(4);
			group.stop(first);
			group.awaitRest("after the first has gone");
			assertThat(second.running()).isEqualTo(group.allShards());
			assertThat(second.calls("lost")).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whereOneInstanceReadsOnlyTheFirstFormatAllWriteThat(boolean formerLeads) {
		try (TestGroup group = new TestGroup(SharedBroker.get(), SESSION)) {
			Set<Byte> written = ConcurrentHashMap.newKeySet();
			GroupProxy observed = group.proxy();
			observed.rewrite((bytes) -> noted(bytes, written));
			GroupProxy former = group.proxy();
			Set<Byte> ofFormer = ConcurrentHashMap.newKeySet();
			former.rewrite((bytes) -> noted(edited(bytes, (text) -> text.replace(",\"v\":2", "")), ofFormer));
			TestInstance first = (formerLeads ? group.instance("first", former) : group.instance("first", observed))
				.start();
			group.awaitRest("at first");
			TestInstance second = (formerLeads ? group.instance("second", observed) : group.instance("second", former))
				.start();
			group.awaitRest("side by side");
			assertThat(second.running()).hasSize(4);
			assertThat(ofFormer).as("what the former one writes").containsOnly((byte) 1);
			written.clear();
			TestInstance third = group.instance("third", observed).start();
			group.awaitRest("with one more");
			assertThat(written).as("what the others write while it is there").containsOnly((byte) 1);
			group.stop(formerLeads ? first : second);
			written.clear();
			TestInstance fourth = group.instance("fourth", observed).start();
			group.awaitRest("without the former one");
			assertThat(written).contains(Envelope.VERSION);
			assertThat(Stream.of(first, second, third, fourth).flatMap((instance) -> instance.calls("lost").stream()))
				.isEmpty();
		}
	}

	@Test
	void anInstanceThatSpeaksAnotherFormatOwnsNothingAndStopsNobody() {
		try (TestGroup group = new TestGroup(SharedBroker.get(), SESSION)) {
			GroupProxy later = group.proxy();
			later.rewrite(MixedVersionsIntegrationTests::ofAnotherFormat);
			TestInstance old = group.instance("old").start();
			group.awaitRest("at first");
			TestInstance other = group.instance("other", later).start();
			TestGroup.await().until(() -> other.engine().membership().needsRemedy());
			assertThat(other.engine().membership().problem()).contains("version 3 of the format");
			assertThat(other.calls()).isEmpty();
			assertThat(old.running()).isEqualTo(group.allShards());
			assertThat(old.calls()).as("nothing was stopped").hasSize(8);
			group.stop(other);
			group.awaitRest("after it has gone");
			assertThat(old.calls()).hasSize(8);
		}
	}

	@Test
	void aLeaderThatSpeaksAnotherFormatIsObeyedInNothing() {
		try (TestGroup group = new TestGroup(SharedBroker.get(), SESSION)) {
			GroupProxy later = group.proxy();
			later.rewrite(MixedVersionsIntegrationTests::ofAnotherFormat);
			TestInstance leader = group.instance("leader", later).start();
			TestGroup.await().until(() -> leader.engine().membership().problem() != null);
			TestInstance old = group.instance("old").start();
			TestGroup.await().until(() -> old.engine().membership().needsRemedy());
			assertThat(old.running()).isEmpty();
			// taken back: what is left understands itself
			group.stop(leader);
			group.awaitRest("after the leader has gone");
			assertThat(old.running()).isEqualTo(group.allShards());
		}
	}

	@Test
	void aTaskOfTheNewVersionRunsOnNewInstancesOnly() {
		TaskDefinition added = TaskDefinition.of("added").withShards(2);
		Settings old = Settings.of("group-" + System.nanoTime(), SESSION, TestGroup.CRAWLER);
		Settings both = Settings.of(old.groupId(), SESSION, TestGroup.CRAWLER, added);
		Set<TaskId> ofTheNew = Set.of(new TaskId("added", 0), new TaskId("added", 1));
		try (TestGroup group = new TestGroup(SharedBroker.get(), old)) {
			TestInstance a = group.instance("a").start();
			TestInstance b = group.instance("b").start();
			group.awaitRest("the old version");
			TestInstance newA = group.instance("new-a", both, SharedBroker.servers()).start();
			TestGroup.await().until(() -> newA.running().containsAll(ofTheNew));
			group.stop(a);
			TestInstance newB = group.instance("new-b", both, SharedBroker.servers()).start();
			TestGroup.await().until(() -> newB.owned().stream().anyMatch(ofTheNew::contains));
			assertThat(b.calls("start added")).isEmpty();
			// back to the old version: nobody may run the task any more
			group.stop(newA);
			group.stop(newB);
			group.awaitRest("the old version again");
			assertThat(new TreeSet<>(b.running())).isEqualTo(group.allShards());
			assertThat(b.calls("lost")).isEmpty();
		}
	}

	/**
	 * What a later version would say that may be read by this one.
	 */
	private static byte[] withMoreFields(byte[] bytes) {
		return edited(bytes, (text) -> {
			String more = text.replaceFirst("\\{", "{\"zz\":{\"deep\":[1,{\"a\":null}]},\"yy\":true,");
			return more.replace("{\"n\":", "{\"later\":\"x\",\"n\":");
		});
	}

	/**
	 * What a later version would say that must not be read by this one.
	 */
	private static byte[] ofAnotherFormat(byte[] bytes) {
		byte[] other = bytes.clone();
		if (other.length > 1) {
			other[1] = Envelope.VERSION + 1;
		}
		return other;
	}

	private static byte[] noted(byte[] bytes, Set<Byte> versions) {
		if (bytes.length > 1) {
			versions.add(bytes[1]);
		}
		return bytes;
	}

	private static byte[] edited(byte[] bytes, UnaryOperator<String> edit) {
		if (bytes.length == 0) {
			return bytes;
		}
		Content content = Envelope.open(bytes[0], ByteBuffer.wrap(bytes));
		byte[] text = edit.apply(new String(content.text(), StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
		ByteBuffer sealed = (bytes[1] == Envelope.VERSION) ? Envelope.seal(bytes[0], text, content.behind())
				: Envelope.seal(bytes[0], text);
		byte[] edited = new byte[sealed.remaining()];
		sealed.get(edited);
		return edited;
	}

}
