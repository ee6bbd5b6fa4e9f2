import 'reflect-metadata';
import { type DependencyContainer, type InjectionToken, instanceCachingFactory } from 'tsyringe';
import type { Stage } from '../domain/capabilities.ts';
import type { Ids, Random } from '../domain/ids.ts';
import type { Policies } from '../domain/policies.ts';
import type { Clock } from '../domain/time.ts';
import type { AnyAdapter } from '../plugin/adapter.ts';
import type { Log, Services, SessionStore } from '../plugin/services.ts';
import type { Registry } from '../routing/registry.ts';
import type { Router } from '../routing/router.ts';

/** Two copies of this package agree on a token by its name. */
const token = <T>(name: string): InjectionToken<T> => Symbol.for(`tth:${name}`);

/** What the engine is made of. The composition root binds them; nothing else sees the container. */
export const tokens = {
  clock: token<Clock>('clock'),
  random: token<Random>('random'),
  ids: token<Ids>('ids'),
  log: token<Log>('log'),
  policies: token<Policies>('policies'),
  services: token<Services>('services'),
  store: token<SessionStore>('store'),
  registry: token<Registry>('registry'),
  router: token<Router>('router'),
};

/** The token of one adapter. */
export const adapterToken = (stage: Stage, id: string): InjectionToken<AnyAdapter> =>
  token(`adapter:${stage}:${id}`);

/** Makes the value when it is first asked for, once per container. */
export const bind = <T>(
  container: DependencyContainer,
  key: InjectionToken<T>,
  make: (resolve: <D>(dependency: InjectionToken<D>) => D) => T,
): void => {
  container.register(key, {
    useFactory: instanceCachingFactory((scope) => make((dependency) => scope.resolve(dependency))),
  });
};
