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

package io.distributedtask.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.PropertyMapping;

/**
 * Put on a test class, a slice such as {@code @WebMvcTest} or a full
 * {@code @SpringBootTest}: distributed tasks are configured as in production, but no
 * broker is needed, and no task runs before the test says so. The test has a
 * {@link TaskOwnership} injected, by which it gives tasks to the instance and takes them
 * away; tasks run, stop and fail as they do in a group.
 * <p>
 * After each test method the instance starts anew: it stops what it owns, and forgets
 * what was paused or requested.
 *
 * @since 0.1.0
 * @see TaskOwnership
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ImportAutoConfiguration
@PropertyMapping("distributed-task")
public @interface AutoConfigureDistributedTasks {

	/**
	 * Whether tasks are enabled. Overrides the property {@code distributed-task.enabled},
	 * which may be {@code false} for all other tests.
	 * @return whether tasks are enabled
	 */
	boolean enabled() default true;

}
