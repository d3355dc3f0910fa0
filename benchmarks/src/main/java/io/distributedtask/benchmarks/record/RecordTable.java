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

package io.distributedtask.benchmarks.record;

import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

import io.distributedtask.TaskDefinition;
import io.distributedtask.internal.group.wire.MessageCodec;
import io.distributedtask.internal.group.wire.Reported;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.message.MemberMetadata.Hold;
import io.distributedtask.internal.message.ShardGroups;
import io.distributedtask.internal.message.ShardSet;

/**
 * How large is the record of a group at rest, which the broker stores and replicates in
 * one piece, and which may have 1 MiB by default? It contains what each member reports
 * and what it was assigned.
 */
public final class RecordTable {

	private static final PrintStream out = System.out;

	/** Member id, client id, host, timeouts and the like. */
	private static final int MEMBER_OVERHEAD = 228;

	private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

	/** A list of tasks of more than 1 KiB is announced by a digest. */
	private static final String DIGEST = "0123456789abcdef0123456789abcdef-12345";

	private static final List<String> WORDS = List.of("account", "archive", "audit", "backup", "billing", "cache",
			"catalog", "cleanup", "contract", "customer", "daily", "delivery", "digest", "discount", "export", "feed",
			"fraud", "hourly", "import", "index", "inventory", "invoice", "ledger", "mail", "market", "merge", "metric",
			"monthly", "notify", "order", "partner", "payment", "payroll", "price", "product", "purge", "quota",
			"reconcile", "refresh", "refund", "reminder", "report", "retry", "return", "review", "search", "session",
			"settle", "shipment", "stock", "sync", "tax", "tenant", "token", "usage", "vendor", "warehouse", "weekly");

	private final MessageCodec codec = new MessageCodec();

	private final Random random = new Random(1);

	private RecordTable() {
	}

	/**
	 * Measure.
	 * @param args none
	 */
	public static void main(String[] args) {
		out.println("| tasks x shards x members | names | owners | granted | at first | at rest | "
				+ "if a member reads only version 1 |");
		out.println("|---|---|---|---|---|---|---|");
		for (String cell : List.of("10x1000x100", "10x10000x100", "10x10000x1000", "1000x100x1000", "10000x10x1000",
				"10000x1x100", "10000x1x1000")) {
			for (boolean areWords : new boolean[] { false, true }) {
				for (Owners owners : Owners.values()) {
					for (int times : new int[] { 1, 10 }) {
						new RecordTable().print(cell, areWords, owners, times);
					}
				}
			}
		}
	}

	private void print(String cell, boolean areWords, Owners owners, int times) {
		int[] numbers = IntStream.of(0, 1, 2).map((i) -> Integer.parseInt(cell.split("x")[i])).toArray();
		List<TaskDefinition> tasks = IntStream.range(0, numbers[0])
			.mapToObj((i) -> TaskDefinition.of(areWords ? words(i) : "task-%05d".formatted(i)).withShards(numbers[1]))
			.toList();
		List<ShardGroups<Grant>> owned = owned(tasks, numbers[2], owners, times);
		long first = 0;
		long rest = 0;
		long plain = 0;
		for (int i = 0; i < numbers[2]; i++) {
			List<Grant> grants = owned.get(i).toList(Grant::withShards);
			List<Claim> claims = grants.stream()
				.map((grant) -> new Claim(grant.task(), grant.shardCount(), grant.token(), grant.since(),
						grant.generation(), Hold.OWNED, grant.shards()))
				.toList();
			MemberMetadata newcomer = metadata(i, List.of());
			MemberMetadata owner = metadata(i, claims);
			ByteBuffer metadata = this.codec.encode(owner, DIGEST, true);
			Reported reported = new Reported(this.codec.decodeMember(metadata).state().claims());
			MemberAssignment assignment = new MemberAssignment(17, "shop-0001", owner.instance(), owner.incarnation(),
					numbers[2], START.toEpochMilli(), grants, List.of(), List.of(), List.of(), null);
			first += this.codec.encode(newcomer, DIGEST, true).remaining()
					+ this.codec.encode(assignment, false, Reported.NOTHING).remaining();
			rest += metadata.remaining() + this.codec.encode(assignment, false, reported).remaining();
			plain += this.codec.encode(owner, DIGEST).remaining() + this.codec.encode(assignment, false).remaining();
		}
		long overhead = (long) numbers[2] * MEMBER_OVERHEAD;
		out.printf("| %s | %s | %s | %s | %,d | **%,d** | %,d |%n", cell,
				areWords ? "three words and a number" : "task-00001", owners.name,
				(times == 1) ? "at once" : "at " + times + " times", overhead + first, overhead + rest,
				overhead + plain);
	}

	private List<ShardGroups<Grant>> owned(List<TaskDefinition> tasks, int members, Owners owners, int times) {
		List<ShardGroups<Grant>> owned = IntStream.range(0, members).mapToObj((i) -> new ShardGroups<Grant>()).toList();
		long next = 0;
		long shards = tasks.stream().mapToLong(TaskDefinition::shards).sum();
		for (TaskDefinition task : tasks) {
			for (int shard = 0; shard < task.shards(); shard++) {
				int owner = switch (owners) {
					case IN_RANGES -> (int) (next++ * members / shards);
					case IN_TURN -> (int) (next++ % members);
					case AT_RANDOM -> this.random.nextInt(members);
				};
				owned.get(owner)
					.add(terms(this.random.nextInt(times)).of(task.name(), task.shards(), ShardSet.EMPTY), shard);
			}
		}
		return owned;
	}

	private static Grant terms(int time) {
		Instant since = START.plusMillis(time * 7_654_321L);
		return new Grant("", 0, since.toEpochMilli(), since, time + 7, Origin.HANDED_OVER, ShardSet.EMPTY);
	}

	private MemberMetadata metadata(int member, List<Claim> claims) {
		return new MemberMetadata("shop-%04d".formatted(member), Integer.toHexString(member * 0x9E3779B9), 3, null,
				Map.of(), 1, false, 17, START.toEpochMilli(), List.of(), claims, List.of());
	}

	private static String words(int seed) {
		Random random = new Random(seed);
		return "%s-%s-%s-%d".formatted(word(random), word(random), word(random), seed);
	}

	private static String word(Random random) {
		return WORDS.get(random.nextInt(WORDS.size()));
	}

	/**
	 * Who owns which shards.
	 */
	private enum Owners {

		/** Each member has the shards of one range. */
		IN_RANGES("in ranges"),
		/** As the sticky assignor gives them to a group that starts. */
		IN_TURN("in turn"),
		/** The worst that an assignor could choose. */
		AT_RANDOM("at random");

		private final String name;

		Owners(String name) {
			this.name = name;
		}

	}

}
