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

package io.distributedtask.internal.group.wire;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.message.MemberMetadata.Hold;
import io.distributedtask.internal.message.ShardSet;

/**
 * What a member holds according to its metadata. The assignment that answers to it says
 * only which of that stays: the coordinator keeps both, and has to keep it once.
 */
public final class Reported {

	/** Of a member that is not referred to. */
	public static final Reported NOTHING = new Reported(List.of());

	private final List<Claim> claims;

	/**
	 * What a member holds.
	 * @param claims the claims as they are read from its metadata
	 */
	public Reported(List<Claim> claims) {
		this.claims = List.copyOf(claims);
	}

	/**
	 * A number that tells these claims from others, the same in every process.
	 */
	int checksum() {
		int checksum = 1;
		for (Claim claim : this.claims) {
			checksum = 31 * checksum + claim.task().hashCode();
			checksum = 31 * checksum + Long.hashCode(claim.token());
			checksum = 31 * checksum + claim.generation();
			checksum = 31 * checksum + claim.hold().ordinal();
			checksum = 31 * checksum + claim.shards().hashCode();
		}
		return checksum;
	}

	/**
	 * Find the claims that are granted as they are.
	 * @param grants the grants
	 * @param others takes the other grants
	 * @return the positions of the claims
	 */
	ShardSet kept(List<Grant> grants, Consumer<Grant> others) {
		Map<Grant, Integer> positions = new HashMap<>();
		for (int i = 0; i < this.claims.size(); i++) {
			if (this.claims.get(i).hold() == Hold.OWNED) {
				positions.put(granted(this.claims.get(i)), i);
			}
		}
		List<Integer> kept = new ArrayList<>();
		for (Grant grant : grants) {
			Integer position = positions.remove(grant);
			if (position != null) {
				kept.add(position);
			}
			else {
				others.accept(grant);
			}
		}
		return ShardSet.of(kept);
	}

	/**
	 * The grants of claims.
	 * @param kept the positions of the claims
	 * @param checksum that of the metadata that is meant
	 * @return the grants
	 */
	List<Grant> grants(ShardSet kept, long checksum) {
		if (checksum != checksum()) {
			throw new MalformedMessageException(
					"The assignment refers to other metadata than that which this member has sent");
		}
		return kept.stream().mapToObj((position) -> {
			if (position >= this.claims.size() || this.claims.get(position).hold() != Hold.OWNED) {
				throw new MalformedMessageException("The assignment refers to claim %d of %d, which is not owned"
					.formatted(position, this.claims.size()));
			}
			return granted(this.claims.get(position));
		}).toList();
	}

	private static Grant granted(Claim claim) {
		return new Grant(claim.task(), claim.shardCount(), claim.token(), claim.since(), claim.generation(),
				Origin.HANDED_OVER, claim.shards());
	}

}
