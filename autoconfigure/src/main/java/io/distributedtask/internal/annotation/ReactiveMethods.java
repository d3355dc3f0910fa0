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

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

import io.distributedtask.internal.execution.TaskHandler.Cancellation;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.CoroutinesUtils;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Task methods that return before their work is done: those of Project Reactor and the
 * like, and suspend functions of Kotlin. The thread of the run subscribes and waits for
 * the end, so that everything that holds for other methods holds for these. What
 * interrupts a run cancels the subscription. Only the nested class needs the interfaces
 * of Reactive Streams, which are optional.
 */
final class ReactiveMethods {

	private static final Logger logger = LoggerFactory.getLogger(ReactiveMethods.class);

	private static final String CONTINUATION = "kotlin.coroutines.Continuation";

	private ReactiveMethods() {
	}

	/**
	 * Whether what a method returns can be subscribed to.
	 */
	static boolean isSubscribable(Class<?> returnType) {
		ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(returnType);
		return adapter != null && adapter.getDescriptor().isDeferred();
	}

	static boolean isSuspending(Method method) {
		Class<?>[] parameters = method.getParameterTypes();
		return parameters.length > 0 && parameters[parameters.length - 1].getName().equals(CONTINUATION);
	}

	/**
	 * Whether Spring can call suspend functions.
	 */
	static boolean canSuspend(@Nullable ClassLoader loader) {
		return ClassUtils.isPresent("kotlinx.coroutines.reactor.MonoKt", loader)
				&& ClassUtils.isPresent("kotlin.reflect.full.KClasses", loader);
	}

	/**
	 * Call a method and wait until its work is done.
	 * @param arguments without Kotlin's continuation
	 * @throws InterruptedException if interrupted while waiting; the work has been
	 * canceled
	 */
	static void run(Method method, Object bean, Object[] arguments) throws Exception {
		Run run = new Run(ClassUtils.getQualifiedMethodName(method));
		Cancellation.onInterrupt(run::cancel);
		Object result = isSuspending(method) ? CoroutinesUtils.invokeSuspendingFunction(method, bean, arguments)
				: method.invoke(bean, arguments);
		Assert.state(result != null, () -> "Method %s has returned null, not something to subscribe to"
			.formatted(ClassUtils.getQualifiedMethodName(method)));
		ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(result.getClass(), result);
		Assert.state(adapter != null, () -> "Nothing can subscribe to %s".formatted(result.getClass()));
		run.await(adapter.toPublisher(result));
	}

	/**
	 * The parameters of a method without Kotlin's continuation.
	 */
	static Class<?>[] parameters(Method method) {
		Class<?>[] all = method.getParameterTypes();
		return isSuspending(method) ? Arrays.copyOf(all, all.length - 1) : all;
	}

	/**
	 * What was published does not matter, only how it ends. Canceled by another thread,
	 * or by an interrupt of the one that waits.
	 */
	private static final class Run implements Subscriber<Object> {

		private final String method;

		private final CountDownLatch end = new CountDownLatch(1);

		private final AtomicBoolean canceled = new AtomicBoolean();

		private volatile @Nullable Subscription subscription;

		private volatile @Nullable Throwable failure;

		private volatile boolean ended;

		Run(String method) {
			this.method = method;
		}

		void await(Publisher<Object> publisher) throws Exception {
			if (Cancellation.isRequested()) {
				cancel();
			}
			else {
				publisher.subscribe(this);
			}
			awaitEnd();
			Throwable failed = this.failure;
			if (failed != null) {
				ReflectionUtils.rethrowException(failed);
			}
			if (!this.ended) {
				throw new InterruptedException("Canceled before its end");
			}
		}

		/**
		 * Also until another thread that cancels has done so: the next owner may start
		 * after that.
		 */
		private void awaitEnd() {
			boolean interrupted = false;
			while (true) {
				try {
					this.end.await();
					break;
				}
				catch (InterruptedException ex) {
					interrupted = true;
					cancel();
				}
			}
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}

		void cancel() {
			if (this.canceled.compareAndSet(false, true)) {
				Subscription current = this.subscription;
				if (current != null) {
					cancel(current);
				}
				this.end.countDown();
			}
		}

		private void cancel(Subscription subscription) {
			try {
				subscription.cancel();
			}
			catch (Throwable ex) {
				logger.error("What {} has published cannot be canceled", this.method, ex);
			}
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			if (this.subscription != null) {
				subscription.cancel();
				return;
			}
			this.subscription = subscription;
			if (this.canceled.get()) {
				cancel(subscription);
			}
			else {
				subscription.request(Long.MAX_VALUE);
			}
		}

		@Override
		public void onNext(Object element) {
			// nobody takes it
		}

		@Override
		public void onError(Throwable failure) {
			if (this.canceled.get()) {
				logger.warn("What {} has published failed after it was canceled", this.method, failure);
				return;
			}
			this.failure = failure;
			this.end.countDown();
		}

		@Override
		public void onComplete() {
			this.ended = true;
			this.end.countDown();
		}

	}

}
