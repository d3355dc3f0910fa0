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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import io.distributedtask.DistributedTask;
import io.distributedtask.internal.execution.DefaultTaskRunner;
import io.distributedtask.internal.execution.TaskHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.EmbeddedValueResolverAware;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.util.Assert;
import org.springframework.util.StringValueResolver;

/**
 * Finds {@link DistributedTask @DistributedTask} on methods, bean types and {@code @Bean}
 * methods, and registers them with the runner when all beans exist. Whatever cannot be a
 * task fails then, with a {@link TaskConfigurationException}.
 */
public final class DistributedTaskAnnotationBeanPostProcessor implements BeanPostProcessor, BeanFactoryAware,
		EmbeddedValueResolverAware, SmartInitializingSingleton, DisposableBean {

	private final ObjectProvider<DefaultTaskRunner> runner;

	private final ObjectProvider<TaskSettings> settings;

	private final Set<Class<?>> withoutMethods = ConcurrentHashMap.newKeySet();

	private final List<Candidate> candidates = new ArrayList<>();

	private @Nullable ConfigurableListableBeanFactory beanFactory;

	private @Nullable ApplicationTaskScheduler scheduler;

	private @Nullable StringValueResolver resolver;

	private boolean complete;

	/**
	 * Create a post-processor.
	 * @param runner where tasks are registered; not used when tasks are disabled
	 * @param settings the properties
	 */
	public DistributedTaskAnnotationBeanPostProcessor(ObjectProvider<DefaultTaskRunner> runner,
			ObjectProvider<TaskSettings> settings) {
		this.runner = runner;
		this.settings = settings;
	}

	/**
	 * Whether beans of a type are, or have, distributed tasks.
	 * @param type the type of a bean
	 * @return whether the type or a method has the annotation
	 */
	public static boolean hasTasks(Class<?> type) {
		return AnnotatedElementUtils.hasAnnotation(type, DistributedTask.class) || !TaskMethods.find(type).isEmpty();
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		this.beanFactory = (ConfigurableListableBeanFactory) beanFactory;
		this.scheduler = new ApplicationTaskScheduler(this.beanFactory);
	}

	@Override
	public void setEmbeddedValueResolver(StringValueResolver resolver) {
		this.resolver = resolver;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof AopInfrastructureBean) {
			return bean;
		}
		Class<?> targetClass = AopProxyUtils.ultimateTargetClass(bean);
		Map<Method, DistributedTask> methods = methods(targetClass);
		DistributedTask onBean = TaskBeans.find(beanFactory(), beanName, targetClass);
		if (methods.isEmpty() && onBean == null) {
			return bean;
		}
		Candidate candidate = new Candidate(bean, beanName, targetClass, methods, onBean);
		synchronized (this.candidates) {
			if (!this.complete) {
				this.candidates.add(candidate);
				return bean;
			}
		}
		register(candidate);
		return bean;
	}

	private Map<Method, DistributedTask> methods(Class<?> type) {
		if (this.withoutMethods.contains(type)) {
			return Map.of();
		}
		Map<Method, DistributedTask> methods = TaskMethods.find(type);
		if (methods.isEmpty()) {
			this.withoutMethods.add(type);
		}
		return methods;
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (settings().enabled()) {
			for (String beanName : beanFactory().getBeanDefinitionNames()) {
				lookAtAbsent(beanName);
			}
		}
		List<Candidate> found;
		synchronized (this.candidates) {
			this.complete = true;
			found = List.copyOf(this.candidates);
			this.candidates.clear();
		}
		found.forEach(this::register);
		this.withoutMethods.clear();
	}

	/**
	 * A lazy bean with a task is created now. A bean of which there may be no instance,
	 * or several, cannot be a task.
	 */
	private void lookAtAbsent(String beanName) {
		BeanDefinition definition = beanFactory().getMergedBeanDefinition(beanName);
		if (definition.isAbstract() || (definition.isSingleton() && !definition.isLazyInit())) {
			return;
		}
		Class<?> type = beanFactory().getType(beanName, false);
		if (type == null || (methods(type).isEmpty() && TaskBeans.find(beanFactory(), beanName, type) == null)) {
			return;
		}
		if (!definition.isSingleton()) {
			throw new TaskConfigurationException(
					"@DistributedTask in %s: the bean has scope '%s', so there may be no instance of it, or several"
						.formatted(TaskBeans.source(type, beanName), definition.getScope()),
					"Make the bean a singleton, or move the annotation to a singleton that uses it.");
		}
		beanFactory().getBean(beanName);
	}

	private void register(Candidate candidate) {
		Object bean = current(candidate);
		if (settings().enabled()) {
			register(candidate, bean);
		}
		refuseWhatStartsByItself(candidate, bean);
	}

	private void register(Candidate candidate, Object bean) {
		DistributedTask onBean = candidate.onBean();
		if (onBean != null && bean instanceof FactoryBean) {
			// The annotation is about the factory's product, which is processed when it
			// is created
			beanFactory().getBean(candidate.beanName());
		}
		else if (onBean != null) {
			TaskBeans beans = new TaskBeans(beanFactory());
			register(onBean, candidate.beanName(), TaskBeans.source(candidate.targetClass(), candidate.beanName()),
					() -> beans.handler(bean, candidate.targetClass(), candidate.beanName()));
		}
		TaskMethods methods = new TaskMethods(beanFactory(), resolver(), scheduler());
		candidate.methods()
			.forEach((method, annotation) -> register(annotation, candidate.beanName() + "." + method.getName(),
					TaskMethods.source(method, candidate.beanName()),
					() -> methods.handler(method, bean, candidate.targetClass(), candidate.beanName())));
	}

	/**
	 * Also where the task is disabled: it must not run there.
	 */
	private void refuseWhatStartsByItself(Candidate candidate, Object bean) {
		String beanName = candidate.beanName();
		if (candidate.onBean() != null) {
			String source = TaskBeans.source(candidate.targetClass(), beanName);
			TaskBeans.refuseWhatStartsByItself(bean, source);
			if (TaskBeans.HAS_KAFKA) {
				KafkaListenerTasks.refuseWhatStartsByItself(candidate.targetClass(), bean, source, beanFactory());
			}
		}
		if (TaskBeans.HAS_KAFKA) {
			candidate.methods()
				.keySet()
				.forEach((method) -> KafkaListenerTasks.refuseWhatStartsByItself(method, bean,
						TaskMethods.source(method, beanName), beanFactory()));
		}
	}

	// Other post-processors may have wrapped the bean in a proxy
	private Object current(Candidate candidate) {
		boolean shared = !(candidate.bean() instanceof FactoryBean) && beanFactory().containsBean(candidate.beanName())
				&& beanFactory().isSingleton(candidate.beanName());
		return shared ? beanFactory().getBean(candidate.beanName()) : candidate.bean();
	}

	private void register(DistributedTask annotation, String defaultName, String source, HandlerFactory factory) {
		TaskAttributes attributes = TaskAttributes.of(annotation, defaultName, source, resolver(), settings());
		if (attributes == null) {
			return;
		}
		try {
			TaskHandler handler = factory.create();
			if (handler == null) {
				return;
			}
			this.runner.getObject().register(attributes.definition(), attributes.onMissedRun(), handler);
		}
		catch (TaskConfigurationException ex) {
			throw ex.of(attributes.definition().name());
		}
		catch (IllegalArgumentException ex) {
			throw TaskConfigurationException.refused(ex, source,
					"Give each task its own name, by the attribute 'name' of @DistributedTask, and leave 'shards' "
							+ "at 1 for what can run only once.");
		}
		catch (IllegalStateException ex) {
			throw TaskConfigurationException.refused(ex, source,
					"Let the bean be created when the application starts.");
		}
	}

	/**
	 * Finds the scheduler of a task of this application.
	 * @return the schedulers
	 */
	public Function<Runnable, TaskScheduler> schedulers() {
		return scheduler();
	}

	private ApplicationTaskScheduler scheduler() {
		Assert.state(this.scheduler != null, "'beanFactory' must be set");
		return this.scheduler;
	}

	private TaskSettings settings() {
		return this.settings.getObject();
	}

	private ConfigurableListableBeanFactory beanFactory() {
		Assert.state(this.beanFactory != null, "'beanFactory' must be set");
		return this.beanFactory;
	}

	private StringValueResolver resolver() {
		Assert.state(this.resolver != null, "'resolver' must be set");
		return this.resolver;
	}

	@Override
	public void destroy() {
		scheduler().close();
	}

	private interface HandlerFactory {

		@Nullable TaskHandler create();

	}

	/**
	 * A bean with annotations, to be registered when all beans exist.
	 *
	 * @param bean the bean
	 * @param beanName its name
	 * @param targetClass its class without proxies
	 * @param methods its annotated methods
	 * @param onBean the annotation of the bean itself
	 */
	private record Candidate(Object bean, String beanName, Class<?> targetClass, Map<Method, DistributedTask> methods,
			@Nullable DistributedTask onBean) {
	}

}
