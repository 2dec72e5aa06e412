import type { HttpFilterFactory } from './filter.ts';
import { jwtAuthnFactory } from './jwt-authn/factory.ts';
import { rbacFactory } from './rbac/factory.ts';

const factories: readonly HttpFilterFactory[] = [jwtAuthnFactory, rbacFactory];

/** Every HTTP filter that jotgate has, by the full message name of its configuration. */
export const httpFilterFactories: ReadonlyMap<string, HttpFilterFactory> = new Map(
  factories.map((factory) => [factory.schema.typeName, factory]),
);
