import { type Clock, type Recorder, type Step, TreeRecorder } from '../base/index.ts';
import {
  type Branch,
  type CompiledSnapshot,
  exploreChance,
  type Rehearsal,
  rehearse,
  Takings,
  type Verdict,
} from '../proxy/rehearsal/index.ts';

/** A decision and its steps. */
export interface Decision {
  verdict: Verdict;
  root: Step;
  /** What it took of limits, and has given back. */
  takings: Takings;
}

/**
 * What becomes of a request, for each thing that chance can say of it. Each finds all limits as the others did.
 * @param request makes the request anew: it is changed as it is played
 * @param randomValue the request's own number, where it is known
 * @returns at least one, the likeliest first
 */
export function playBranches(
  compiled: CompiledSnapshot,
  request: () => Rehearsal,
  clock: Clock,
  randomValue: number | null = null,
): Promise<Branch<Decision>[]> {
  return exploreChance(async (chance) => {
    const recorder = new TreeRecorder();
    return { ...(await playOnce(compiled, { ...request(), chance }, clock, recorder)), root: recorder.root };
  }, randomValue);
}

/** The same of requests that follow one another: the next one finds missing in the limits what the likeliest branch of this one took. */
export async function playInTurn(...played: Parameters<typeof playBranches>): Promise<Branch<Decision>[]> {
  const branches = await playBranches(...played);
  branches[0]?.result.takings.takeAgain();
  return branches;
}

/** Plays a request as if it had not come to pass: the next one finds in the limits what it took. */
export async function playOnce(
  compiled: CompiledSnapshot,
  rehearsal: Rehearsal,
  clock: Clock,
  recorder: Recorder | null,
): Promise<Omit<Decision, 'root'>> {
  const takings = new Takings();
  const verdict = await rehearse(compiled, { ...rehearsal, takings }, clock, recorder);
  takings.giveBack();
  return { verdict, takings };
}

/** An answer, and how many of such requests get it. */
export interface SharedAnswer {
  answer: string;
  share: number;
  /** The likeliest of the branches that lead to it. */
  branch: Branch<Decision>;
}

/** Branches that nobody can tell apart are one, in their order. */
export function byAnswer(
  branches: readonly Branch<Decision>[],
  answerOf: (decision: Decision) => string,
): SharedAnswer[] {
  const answers = new Map<string, SharedAnswer>();
  for (const branch of branches) {
    const answer = answerOf(branch.result);
    const before = answers.get(answer);
    if (before === undefined) answers.set(answer, { answer, share: branch.share, branch });
    else before.share += branch.share;
  }
  return [...answers.values()].toSorted((a, b) => b.share - a.share);
}

/** The one answer that all of them are, else each with its share. */
export function sharedText(answers: readonly SharedAnswer[]): string {
  const [first] = answers;
  if (first === undefined) return '';
  if (answers.length === 1 && isWhole(first.share)) return first.answer;
  return answers.map(({ answer, share }) => `${percentOf(share)} ${answer}`).join(', ');
}

/** Sums of shares are not exact. */
export const isWhole = (share: number): boolean => share > 1 - 1e-9;

/** `20 %`, to six digits that count. */
export const percentOf = (share: number): string => `${Number((share * 100).toPrecision(6))} %`;
