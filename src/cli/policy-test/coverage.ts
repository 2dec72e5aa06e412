import type { Step } from '../../base/index.ts';
import type { Snapshot } from '../../resources/index.ts';
import { type Part, partsOf } from './part.ts';

/** What the cases made of one part. */
export interface PartCoverage {
  part: Part;
  /** It decided (a route or rule was chosen, a policy matched, an alternative made it match) or, of a provider, it was asked. */
  reached: boolean;
  /** Of rules and providers: some case passed it, some case was refused by it. */
  passed: boolean;
  refused: boolean;
}

export interface Coverage {
  parts: readonly PartCoverage[];
}

/** Which parts of a configuration the recorded decisions went through. */
export function coverageOf(snapshot: Snapshot, roots: readonly Step[]): Coverage {
  const seen = new Map<object, Set<string>>();
  for (const root of roots) collect(root, seen);
  return { parts: partsOf(snapshot).map((part) => judge(part, seen.get(part.origin))) };
}

function collect(step: Step, seen: Map<object, Set<string>>): void {
  if (step.origin !== undefined && COUNTED.has(step.kind)) {
    const verdicts = seen.get(step.origin) ?? new Set();
    seen.set(step.origin, verdicts.add(step.verdict));
    if (step.kind === 'policy' && step.verdict !== 'no')
      for (const origin of metIn(step)) seen.set(origin, new Set([step.verdict]));
  }
  for (const child of step.steps) collect(child, seen);
}

const metIn = ({ met, steps }: Step): object[] => [...met, ...steps.flatMap(metIn)];

/** The kinds of steps that are about a part as a whole. */
const COUNTED = new Set(['route', 'rule', 'provider', 'policy']);

function judge(part: Part, verdicts: ReadonlySet<string> = new Set()): PartCoverage {
  const passed = verdicts.has('ok');
  const refused = verdicts.has('deny') || (part.kind === 'provider' && verdicts.has('no'));
  return { part, reached: passed || refused, passed, refused };
}

/** What to say of a part that the cases leave open; undefined where they do not. */
export function gapOf({ part, reached, passed, refused }: PartCoverage): string | undefined {
  if (!reached && part.kind === 'alternative') return `${part.name}: no case matches by this one`;
  if (!reached) return `${part.name}: no case gets here`;
  if (part.kind !== 'provider') return undefined;
  if (!passed) return `${part.name}: no case has a token that it takes`;
  return refused ? undefined : `${part.name}: no case has a token that it refuses`;
}
