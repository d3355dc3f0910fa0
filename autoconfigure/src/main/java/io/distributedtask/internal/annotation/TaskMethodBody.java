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

package io.distributedtask.internal.annotation;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

import io.distributedtask.TaskContext;
import io.distributedtask.TaskWork;

/**
 * Calls a method of a bean.
 *
 * @param bean the bean, which may be a proxy
 * @param method a method that can be invoked on it
 */
record TaskMethodBody(Object bean, Method method) implements TaskWork.Body {

	@Override
	public void run(TaskContext context) throws Exception {
		try {
			if (this.method.getParameterCount() == 0) {
				this.method.invoke(this.bean);
			}
			else {
				this.method.invoke(this.bean, context);
			}
		}
		catch (InvocationTargetException ex) {
			Throwable cause = ex.getCause();
			if (cause instanceof Exception exception) {
				throw exception;
			}
			if (cause instanceof Error error) {
				throw error;
			}
			throw ex;
		}
	}

}
