import { corsFactory } from './cors/factory.ts';
import { extAuthzFactory } from './ext-authz/factory.ts';
import type { HttpFilterFactory } from './filter.ts';
import { headerMutationFactory } from './header-mutation/factory.ts';
import { headerToMetadataFactory } from './header-to-metadata/factory.ts';
import { jwtAuthnFactory } from './jwt-authn/factory.ts';
import { localRateLimitFactory } from './local-ratelimit/factory.ts';
import { rbacFactory } from './rbac/factory.ts';
import { setFilterStateFactory } from './set-filter-state/factory.ts';
import { setMetadataFactory } from './set-metadata/factory.ts';

const factories: readonly HttpFilterFactory[] = [
  corsFactory,
  extAuthzFactory,
  headerMutationFactory,
  headerToMetadataFactory,
  jwtAuthnFactory,
  localRateLimitFactory,
  rbacFactory,
  setFilterStateFactory,
  setMetadataFactory,
];

/** Every HTTP filter that jotgate has, by the full message name of its configuration. */
export const httpFilterFactories: ReadonlyMap<string, HttpFilterFactory> = new Map(
  factories.map((factory) => [factory.schema.typeName, factory]),
);
