import { STATUS, type Status } from '../../../core/jwt/index.ts';
import { type Attempt, isDropped, type Run } from './run.ts';
import type { Verifier } from './verifier.ts';

/** Members of a group that have been started, in order. */
export interface StartedMembers {
  /** A promise for each that still waits. */
  answers: (Status | Promise<Status>)[];
  /** The answer that settled the matter before the rest were started, or null. */
  settledBy: Status | null;
}

/**
 * Starts a group's members in order until one settles it. Only while a member waits for keys does the next one go ahead, as in Envoy
 * (verifier.cc). Envoy verifies at once: so a member whose signature takes its turns is waited for.
 * @param settles whether an answer makes the others needless
 */
export function startMembers(
  members: readonly Verifier[],
  settles: (status: Status) => boolean,
  run: Run,
  attempt: Attempt,
): StartedMembers | Promise<StartedMembers> {
  return startFrom(0, [], members, settles, run, attempt);
}

function startFrom(
  from: number,
  answers: StartedMembers['answers'],
  members: readonly Verifier[],
  settles: (status: Status) => boolean,
  run: Run,
  attempt: Attempt,
): StartedMembers | Promise<StartedMembers> {
  for (let index = from; index < members.length; index++) {
    const { fetches } = run;
    const answer = (members[index] as Verifier).verify(run, attempt);
    answers.push(answer);
    if (typeof answer === 'number') {
      if (settles(answer)) return { answers, settledBy: answer };
    } else if (run.fetches === fetches || run.turns > 0) {
      return startAfter(answer, index, answers, members, settles, run, attempt);
    }
  }
  return { answers, settledBy: null };
}

/** Goes on once a member has its answer, or waits for keys after all. */
async function startAfter(
  answer: Promise<Status>,
  index: number,
  answers: StartedMembers['answers'],
  members: readonly Verifier[],
  settles: (status: Status) => boolean,
  run: Run,
  attempt: Attempt,
): Promise<StartedMembers> {
  let status: Status | undefined;
  do {
    status = await Promise.race([answer, run.nextPause()]);
  } while (status === undefined && run.turns > 0);
  if (isDropped(run, attempt)) return { answers, settledBy: STATUS.jwtVerificationFails };
  if (status !== undefined) {
    answers[index] = status;
    if (settles(status)) return { answers, settledBy: status };
  }
  return startFrom(index + 1, answers, members, settles, run, attempt);
}
