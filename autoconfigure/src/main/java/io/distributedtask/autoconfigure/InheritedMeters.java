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

package io.distributedtask.autoconfigure;

import java.util.function.Supplier;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Binds meters to the registry of a parent context, for Spring Boot binds only those of
 * the context that has the registry. They go when this context does: the registry stays.
 */
class InheritedMeters implements SmartInitializingSingleton, DisposableBean {

	private final MeterBinder binder;

	private final Supplier<@Nullable MeterRegistry> inherited;

	private final CompositeMeterRegistry own = new CompositeMeterRegistry();

	InheritedMeters(MeterBinder binder, Supplier<@Nullable MeterRegistry> inherited) {
		this.binder = binder;
		this.inherited = inherited;
	}

	@Override
	public void afterSingletonsInstantiated() {
		MeterRegistry registry = this.inherited.get();
		if (registry != null) {
			this.own.add(registry);
			this.binder.bindTo(this.own);
		}
	}

	@Override
	public void destroy() {
		for (MeterRegistry registry : this.own.getRegistries()) {
			this.own.getMeters().forEach((meter) -> registry.remove(meter.getId()));
		}
	}

}
