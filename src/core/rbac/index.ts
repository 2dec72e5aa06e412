export { compileCelMatcher } from './compile-cel-matcher.ts';
export type { ConditionContext } from './compile-condition.ts';
export type { RbacSubject } from './condition.ts';
export { compileRbacEngine, type Policy, type RbacAction, type RbacEngine } from './engine.ts';
export type { AttributeContext } from './expression-attributes.ts';
export type { ClientCertificateConfig, RbacConfig, UpstreamConfig } from './rbac-config.ts';
