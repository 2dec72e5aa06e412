export type { ConditionContext } from './compile-condition.ts';
export type { RbacSubject } from './condition.ts';
export { compileRbacEngine, type Policy, type RbacAction, type RbacEngine } from './engine.ts';
export type { RbacConfig } from './rbac-config.ts';
