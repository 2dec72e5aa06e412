import type { Route } from '#schema/envoy/config/route/v3/route_components_pb.js';
import type { Step } from '../../base/index.ts';

/** What a recorded decision says of who refused. */
export interface Refusal {
  /** The filter that did; null: the route itself, or nothing before it. */
  filter: Step | null;
  /** The rule that the filter chose. */
  rule: Step | null;
  /** The route that was chosen. */
  route: Route | null;
}

export function refusalIn(root: Step): Refusal {
  const [listener] = root.steps;
  const steps = listener?.steps ?? [];
  const filter = steps.find(({ kind, verdict }) => kind === 'filter' && verdict === 'deny') ?? null;
  const host = steps.findLast(({ kind }) => kind === 'virtual host');
  const route = host?.steps.findLast(({ kind, verdict }) => kind === 'route' && verdict === 'ok');
  const rule = filter?.steps.find(({ kind, verdict }) => kind === 'rule' && verdict !== 'no') ?? null;
  return { filter, rule, route: (route?.origin as Route | undefined) ?? null };
}

/** Every step of a kind inside one. */
export function stepsOfKind(step: Step, kind: string): Step[] {
  return step.steps.flatMap((inner) => [
    ...(inner.kind === kind ? [inner] : []),
    ...stepsOfKind(inner, kind),
  ]);
}

export const typeOf = (origin: object | undefined): string =>
  (origin as { $typeName?: string } | undefined)?.$typeName ?? '';
