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

package io.distributedtask.faults.mutation;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.matcher.ElementMatcher;

/**
 * A change of one method of the code under test. It is named as text, for its class must
 * not be loaded to name it.
 *
 * @param type the name of the class
 * @param method which method, exactly one
 * @param advice the class with the code that is put into it
 */
record Patch(String type, ElementMatcher<? super MethodDescription> method, Class<?> advice) {

	/**
	 * Apply the change.
	 * @param builder takes it
	 * @param target the class as it is
	 * @return the class as it is going to be
	 */
	DynamicType.Builder<?> apply(DynamicType.Builder<?> builder, TypeDescription target) {
		int found = target.getDeclaredMethods().filter(this.method).size();
		if (found != 1) {
			throw new IllegalStateException(
					"%s has %d methods that are %s, and not one".formatted(this.type, found, this.method));
		}
		return builder.visit(Advice.to(this.advice).on(this.method));
	}

}
