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

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;

import io.distributedtask.Assignments.ExecutionStatus;
import io.distributedtask.DistributedTask;
import io.distributedtask.MissedRun;
import io.distributedtask.OwnershipListener;
import io.distributedtask.TaskContext;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.internal.execution.DefaultTaskRunner;
import io.distributedtask.internal.execution.FakeOwnership;
import io.distributedtask.internal.port.Ownership.Phase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.interceptor.DebugInterceptor;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.context.Lifecycle;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.annotation.AliasFor;
import org.springframework.core.env.MapPropertySource;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.stereotype.Component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link DistributedTaskAnnotationBeanPostProcessor}.
 */
@Timeout(20)
class DistributedTaskAnnotationBeanPostProcessorTests {

	@Test
	void namesDefaultToBeanAndMethod() {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(Calls.class, Defaults.class, Ledger.class)) {
			assertThat(names(context)).containsExactly("defaults", "defaults.work", "ledger-leader");
		}
	}

	@Test
	void attributesAreReadAndPlaceholdersResolved() {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(
				(c) -> c.getEnvironment()
					.getPropertySources()
					.addFirst(new MapPropertySource("test", Map.of("tenant", "acme", "zone", "eu"))),
				Calls.class, Attributes.class)) {
			assertThat(runner(context).tasks()).containsExactly(
					TaskDefinition.of("crawl-acme").withShards(16).withWeight(2.5).withRequires("zone=eu"));
		}
	}

	@Test
	void propertiesOverrideTheAnnotation() {
		TaskContexts.Settings settings = new TaskContexts.Settings(true)
			.with("crawl-x", new TaskSettings.Override(null, 3, 0.5, "disk=ssd", MissedRun.SKIP))
			.with("ledger-leader", new TaskSettings.Override(false, null, null, null, null));
		try (AnnotationConfigApplicationContext context = TaskContexts.of((c) -> {
			c.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("test", Map.of("tenant", "x", "zone", "eu")));
			c.registerBean(TaskSettings.class, () -> settings);
		}, Calls.class, Attributes.class, Ledger.class)) {
			assertThat(runner(context).tasks())
				.containsExactly(TaskDefinition.of("crawl-x").withShards(3).withWeight(0.5).withRequires("disk=ssd"));
		}
	}

	@Test
	void nothingIsRegisteredWhenDisabled() {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(
				(c) -> c.registerBean(TaskSettings.class, () -> new TaskContexts.Settings(false)), Calls.class,
				Defaults.class, Ledger.class)) {
			assertThat(names(context)).isEmpty();
		}
	}

	@Test
	void methodRunsWhereOwned() throws Exception {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(Calls.class, Defaults.class)) {
			own(context, "defaults.work", "work defaults.work 0");
		}
	}

	@Test
	void metaAnnotationIsFound() throws Exception {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(Calls.class, Meta.class)) {
			own(context, "meta-task", "meta");
		}
	}

	@Test
	void genericMethodIsOneTaskAndARecordMayHaveOne() throws Exception {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(Calls.class, Generic.class,
				RecordBean.class)) {
			assertThat(names(context)).containsExactly("generic", "record");
			own(context, "generic", "generic");
			own(context, "record", "record");
		}
	}

	@Test
	void inheritedAndInterfaceMethodsAreFound() throws Exception {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(Calls.class, Inheriting.class)) {
			assertThat(names(context)).containsExactly("by-default-method", "by-interface", "by-superclass");
			own(context, "by-default-method", "default");
			own(context, "by-interface", "interface");
			own(context, "by-superclass", "superclass");
		}
	}

	@Test
	void classProxyIsCalledThrough() throws Exception {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(Calls.class, ClassProxying.class,
				Defaults.class)) {
			assertThat(AopUtils.isCglibProxy(context.getBean(Defaults.class))).isTrue();
			own(context, "defaults.work", "work defaults.work 0");
			assertThat(context.getBean(Calls.class).intercepted()).isPositive();
		}
	}

	@Test
	void interfaceProxyIsCalledThrough() throws Exception {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(Calls.class, InterfaceProxying.class,
				Working.class)) {
			assertThat(AopUtils.isJdkDynamicProxy(context.getBean(Work.class))).isTrue();
			own(context, "by-interface", "interface");
		}
	}

	@Test
	void asyncElsewhereInTheBeanIsNoProblem() throws Exception {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(Calls.class, Async.class, AsyncBean.class)) {
			own(context, "sync", "sync");
		}
	}

	@Test
	void lazyBeanIsMade() throws Exception {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(Calls.class, LazyBean.class)) {
			own(context, "lazy-task", "lazy");
		}
	}

	@Test
	void lazyInitializationOfEverythingLeavesTasks() throws Exception {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(
				(c) -> c.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()), Calls.class,
				Defaults.class, Ledger.class, BeanMethods.class)) {
			assertThat(names(context)).containsExactly("defaults", "defaults.work", "ledger-leader", "of-method",
					"relay");
			own(context, "defaults.work", "work defaults.work 0");
		}
	}

	@Test
	void listenerIsTold() throws Exception {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(Calls.class, Ledger.class)) {
			own(context, "ledger-leader", "assigned");
			assertThat(calls(context).take()).isEqualTo("revoked");
		}
	}

	@Test
	void beanMethodsMakeTasks() throws Exception {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(Calls.class, BeanMethods.class)) {
			assertThat(names(context)).containsExactly("of-method", "relay");
			own(context, "of-method", "assigned");
			assertThat(calls(context).take()).isEqualTo("revoked");
			own(context, "relay", "started");
			assertThat(calls(context).take()).isEqualTo("stopped");
		}
	}

	@Test
	void productOfAFactoryBeanIsATask() throws Exception {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(Calls.class, Factory.class)) {
			own(context, "made", "assigned");
			assertThat(calls(context).take()).isEqualTo("revoked");
		}
	}

	@Test
	void beansWithoutAnnotationAreLeftAlone() {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(Calls.class, TaskContexts.Scheduling.class)) {
			assertThat(names(context)).isEmpty();
		}
	}

	private static Set<String> names(AnnotationConfigApplicationContext context) {
		return new TreeSet<>(runner(context).tasks().stream().map(TaskDefinition::name).toList());
	}

	private static DefaultTaskRunner runner(AnnotationConfigApplicationContext context) {
		return context.getBean(DefaultTaskRunner.class);
	}

	private static BlockingQueue<String> calls(AnnotationConfigApplicationContext context) {
		return context.getBean(Calls.class).queue();
	}

	private static void own(AnnotationConfigApplicationContext context, String task, String expected)
			throws InterruptedException {
		DefaultTaskRunner runner = runner(context);
		runner.tasks();
		FakeOwnership ownership = new FakeOwnership(task);
		assertThat(calls(context)).isEmpty();
		runner.start(ownership);
		assertThat(calls(context).take()).isEqualTo(expected);
		await().until(() -> runner.execution(new TaskId(task, 0)).status() != ExecutionStatus.IDLE);
		ownership.phase(Phase.REVOKING);
		runner.revoke(ownership);
		await().until(() -> ownership.stops().size() == 1);
	}

	static class Calls {

		private final BlockingQueue<String> queue = new LinkedBlockingQueue<>();

		private volatile int intercepted;

		BlockingQueue<String> queue() {
			return this.queue;
		}

		int intercepted() {
			return this.intercepted;
		}

	}

	@DistributedTask
	@Component("defaults")
	static class Defaults implements OwnershipListener {

		private final Calls calls;

		Defaults(Calls calls) {
			this.calls = calls;
		}

		@DistributedTask
		void work(TaskContext task) {
			this.calls.queue().add("work " + task.name() + " " + TaskContext.current().shard());
		}

		@Override
		public void onAssigned(TaskContext task) {
		}

		@Override
		public void onRevoked(TaskContext task) {
		}

	}

	interface Job<T> {

		void work(T context);

	}

	static class Generic implements Job<TaskContext> {

		private final Calls calls;

		Generic(Calls calls) {
			this.calls = calls;
		}

		@Override
		@DistributedTask("generic")
		public void work(TaskContext context) {
			this.calls.queue().add("generic");
		}

	}

	record RecordBean(Calls calls) {

		@DistributedTask("record")
		void work() {
			this.calls.queue().add("record");
		}

	}

	static class Attributes {

		@DistributedTask(name = "crawl-${tenant}", shards = 16, weight = 2.5, requires = "zone=${zone}")
		void crawl() {
		}

	}

	@DistributedTask("ledger-leader")
	static class Ledger extends RecordingListener {

		Ledger(Calls calls) {
			super(calls);
		}

	}

	static class RecordingListener implements OwnershipListener {

		private final Calls calls;

		RecordingListener(Calls calls) {
			this.calls = calls;
		}

		@Override
		public void onAssigned(TaskContext task) {
			this.calls.queue().add("assigned");
		}

		@Override
		public void onRevoked(TaskContext task) {
			this.calls.queue().add("revoked");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BeanMethods {

		@Bean
		@DistributedTask("of-method")
		OwnershipListener listener(Calls calls) {
			return new RecordingListener(calls);
		}

		@Bean
		@DistributedTask("relay")
		Lifecycle relay(Calls calls) {
			return new SmartLifecycle() {

				@Override
				public void start() {
					calls.queue().add("started");
				}

				@Override
				public void stop() {
					calls.queue().add("stopped");
				}

				@Override
				public boolean isRunning() {
					return false;
				}

				@Override
				public boolean isAutoStartup() {
					return false;
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Factory {

		@Bean
		@DistributedTask("made")
		static FactoryBean<OwnershipListener> factory(Calls calls) {
			return new FactoryBean<>() {

				@Override
				public OwnershipListener getObject() {
					return new RecordingListener(calls);
				}

				@Override
				public Class<?> getObjectType() {
					return OwnershipListener.class;
				}

			};
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@DistributedTask
	@interface Singleton {

		@AliasFor(annotation = DistributedTask.class, attribute = "name")
		String value();

	}

	record Meta(Calls calls) {

		@Singleton("meta-task")
		void work() {
			this.calls.queue().add("meta");
		}

	}

	interface Work {

		@DistributedTask("by-interface")
		void work();

	}

	interface DefaultWork {

		Calls calls();

		@DistributedTask("by-default-method")
		default void defaultWork() {
			calls().queue().add("default");
		}

	}

	abstract static class Parent {

		@DistributedTask("by-superclass")
		void inherited() {
			parentCalls().queue().add("superclass");
		}

		abstract Calls parentCalls();

	}

	static class Inheriting extends Parent implements Work, DefaultWork {

		private final Calls calls;

		Inheriting(Calls calls) {
			this.calls = calls;
		}

		@Override
		public void work() {
			this.calls.queue().add("interface");
		}

		@Override
		public Calls calls() {
			return this.calls;
		}

		@Override
		Calls parentCalls() {
			return this.calls;
		}

	}

	static class Working implements Work {

		private final Calls calls;

		Working(Calls calls) {
			this.calls = calls;
		}

		@Override
		public void work() {
			this.calls.queue().add("interface");
		}

	}

	static class Proxying implements BeanPostProcessor {

		private final boolean proxyTargetClass;

		Proxying(boolean proxyTargetClass) {
			this.proxyTargetClass = proxyTargetClass;
		}

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			if (!(bean instanceof Defaults) && !(bean instanceof Working)) {
				return bean;
			}
			ProxyFactory factory = new ProxyFactory(bean);
			factory.setProxyTargetClass(this.proxyTargetClass);
			factory.addAdvice(new DebugInterceptor() {

				@Override
				protected void writeToLog(org.apache.commons.logging.Log logger, String message) {
					if (bean instanceof Defaults defaults) {
						defaults.calls.intercepted++;
					}
				}

				@Override
				protected boolean isLogEnabled(org.apache.commons.logging.Log logger) {
					return true;
				}

			});
			return factory.getProxy();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ClassProxying {

		@Bean
		static Proxying proxying() {
			return new Proxying(true);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class InterfaceProxying {

		@Bean
		static Proxying proxying() {
			return new Proxying(false);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync(proxyTargetClass = true)
	static class Async {

		@Bean
		Executor taskExecutor() {
			return Runnable::run;
		}

	}

	static class AsyncBean {

		private final Calls calls;

		AsyncBean(Calls calls) {
			this.calls = calls;
		}

		@DistributedTask("sync")
		void sync() {
			this.calls.queue().add("sync");
		}

		@org.springframework.scheduling.annotation.Async
		void other() {
		}

	}

	@Lazy
	static class LazyBean {

		private final Calls calls;

		LazyBean(Calls calls) {
			this.calls = calls;
		}

		@DistributedTask("lazy-task")
		void work() {
			this.calls.queue().add("lazy");
		}

	}

}
