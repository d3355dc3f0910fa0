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

package io.distributedtask;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;
import org.springframework.core.annotation.AliasFor;

/**
 * Marks code that runs on exactly one live instance of the application. The annotation
 * decides <em>where</em> the code runs; Spring's own {@code @Scheduled} decides
 * <em>when</em>.
 * <p>
 * It may be placed on
 * <ul>
 * <li>a {@code @Scheduled} method: the schedule exists only where the task is owned;</li>
 * <li>another method: called on a thread of its own when a shard is assigned, and
 * expected to return soon after {@link TaskContext#isOwned()} has become
 * {@code false};</li>
 * <li>a {@code @KafkaListener} method whose container does not start by itself: the
 * container runs on the owner;</li>
 * <li>a bean type, or a {@code @Bean} method, of an {@link OwnershipListener} or of a
 * {@link org.springframework.context.Lifecycle}.</li>
 * </ul>
 * A method may take one parameter of type {@link TaskContext} and must be neither private
 * nor static. Every attribute can be overridden per task by
 * {@code distributed-task.tasks.<name>.*}. The annotation may be used as a
 * meta-annotation.
 *
 * @since 0.1.0
 */
@Documented
@Reflective
@Retention(RetentionPolicy.RUNTIME)
@Target({ ElementType.METHOD, ElementType.TYPE, ElementType.ANNOTATION_TYPE })
public @interface DistributedTask {

	/**
	 * Alias for {@link #name()}.
	 * @return the name of the task
	 */
	@AliasFor("name")
	String value() default "";

	/**
	 * The name of the task, unique in the group. Placeholders are resolved.
	 * @return the name; when empty {@code beanName.methodName}, or {@code beanName} for a
	 * bean
	 */
	@AliasFor("value")
	String name() default "";

	/**
	 * Number of shards that the task is split into; each shard has one owner.
	 * @return the number of shards, from 1 to {@value TaskDefinition#MAX_SHARDS}
	 */
	int shards() default 1;

	/**
	 * Share of an instance's capacity that one shard takes, relative to other tasks.
	 * @return a finite number greater than 0
	 */
	double weight() default 1.0;

	/**
	 * Labels that an instance must have to own the task, such as
	 * {@code zone=eu,disk=ssd}. Placeholders are resolved.
	 * @return the label selector; empty for any instance
	 * @see LabelSelector
	 */
	String requires() default "";

	/**
	 * What happens to scheduled instants that were missed in a gap: while no instance ran
	 * the shard, or may not have run it.
	 * @return the policy
	 */
	MissedRun onMissedRun() default MissedRun.FIRE_ONCE;

}
