import type { Recorder } from '../../../base/index.ts';
import { STATUS, type Status } from '../../../core/jwt/index.ts';
import { Attempt, type Run } from './run.ts';
import { type StartedMembers, startMembers } from './start-members.ts';
import type { Verifier } from './verifier.ts';

const isOk = (status: Status) => status === STATUS.ok;
const isFailure = (status: Status) => status !== STATUS.ok;

/** `requires_any`: members in order, the first that is `ok` is enough (Envoy: verifier.cc; envoy.md §2.6). */
export class AnyVerifier implements Verifier {
  readonly wants: string;
  readonly #members: readonly Verifier[];
  readonly #allowsMissing: boolean;
  readonly #allowsFailed: boolean;
  readonly #origin: object;

  constructor(members: readonly Verifier[], allows: { missing: boolean; failed: boolean }, origin: object) {
    this.#members = members;
    this.#allowsMissing = allows.missing;
    this.#allowsFailed = allows.failed;
    this.#origin = origin;
    const names = members.map(({ wants }) => wants);
    if (allows.failed) names.push('allow missing or failed');
    else if (allows.missing) names.push('allow missing');
    this.wants = `any of (${names.join(', ')})`;
  }

  verify(run: Run, outer: Attempt | null): Status | Promise<Status> {
    const attempt = new Attempt(outer);
    if (run.recorder !== null) return this.#explain(run.recorder, run, attempt);
    const started = startMembers(this.#members, isOk, run, attempt);
    return started instanceof Promise
      ? started.then((members) => this.#settle(members, attempt))
      : this.#settle(started, attempt);
  }

  #settle({ answers, settledBy }: StartedMembers, attempt: Attempt): Status | Promise<Status> {
    if (settledBy !== null) return this.#finish(settledBy, attempt);
    if (answers.every((answer) => typeof answer === 'number')) {
      return this.#finish(aggregate(answers), attempt);
    }
    return this.#wait(answers, attempt);
  }

  /** For a recorder one member waits for the other, so that their steps do not mix. */
  async #explain(recorder: Recorder, run: Run, attempt: Attempt): Promise<Status> {
    recorder.open('requirement', this.wants, this.#origin);
    const answers: Status[] = [];
    for (const member of this.#members) {
      const answer = await member.verify(run, attempt);
      answers.push(answer);
      if (answer === STATUS.ok) break;
    }
    const verdict = this.#finish(answers.includes(STATUS.ok) ? STATUS.ok : aggregate(answers), attempt);
    recorder.close(verdict === STATUS.ok ? 'ok' : 'no');
    return verdict;
  }

  /** The first `ok` settles it, in the order in which the answers come. */
  async #wait(answers: readonly (Status | Promise<Status>)[], attempt: Attempt): Promise<Status> {
    const status = await firstToSettle(answers, isOk);
    return this.#finish(status ?? aggregate(await Promise.all(answers)), attempt);
  }

  #finish(status: Status, attempt: Attempt): Status {
    attempt.settle();
    const isTolerated = this.#allowsFailed || (this.#allowsMissing && status === STATUS.jwtIsMissing);
    return isTolerated ? STATUS.ok : status;
  }
}

/** The first answer, in the order in which they come, that settles the matter; undefined when all are there and none does. */
function firstToSettle(
  answers: readonly (Status | Promise<Status>)[],
  settles: (status: Status) => boolean,
): Promise<Status | undefined> {
  return new Promise((resolve, reject) => {
    let open = answers.length;
    const take = (status: Status) => {
      open--;
      if (settles(status)) resolve(status);
      else if (open === 0) resolve(undefined);
    };
    for (const answer of answers) {
      if (typeof answer === 'number') take(answer);
      else answer.then(take, reject);
    }
  });
}

/** The last real error in list order; else an unknown issuer; else a missing token. */
function aggregate(statuses: readonly Status[]): Status {
  let result: Status = STATUS.jwtIsMissing;
  for (const status of statuses) {
    const isReal = status !== STATUS.jwtIsMissing && status !== STATUS.jwtIssuerNotConfigured;
    if (isReal || result === STATUS.jwtIsMissing) result = status;
  }
  return result;
}

/** `requires_all`: the first failure, in the order in which answers come, decides. */
export class AllVerifier implements Verifier {
  readonly wants: string;
  readonly #members: readonly Verifier[];
  readonly #origin: object;

  constructor(members: readonly Verifier[], origin: object) {
    this.#members = members;
    this.#origin = origin;
    this.wants = `all of (${members.map(({ wants }) => wants).join(', ')})`;
  }

  verify(run: Run, outer: Attempt | null): Status | Promise<Status> {
    const attempt = new Attempt(outer);
    if (run.recorder !== null) return this.#explain(run.recorder, run, attempt);
    const started = startMembers(this.#members, isFailure, run, attempt);
    return started instanceof Promise
      ? started.then((members) => this.#settle(members, attempt))
      : this.#settle(started, attempt);
  }

  #settle({ answers, settledBy }: StartedMembers, attempt: Attempt): Status | Promise<Status> {
    if (settledBy !== null) return this.#finish(settledBy, attempt);
    if (answers.every((answer) => typeof answer === 'number')) return this.#finish(STATUS.ok, attempt);
    return this.#wait(answers, attempt);
  }

  async #explain(recorder: Recorder, run: Run, attempt: Attempt): Promise<Status> {
    recorder.open('requirement', this.wants, this.#origin);
    let status: Status = STATUS.ok;
    for (const member of this.#members) {
      status = await member.verify(run, attempt);
      if (status !== STATUS.ok) break;
    }
    recorder.close(status === STATUS.ok ? 'ok' : 'no');
    return this.#finish(status, attempt);
  }

  async #wait(answers: readonly (Status | Promise<Status>)[], attempt: Attempt): Promise<Status> {
    const failure = await firstToSettle(answers, isFailure);
    return this.#finish(failure ?? STATUS.ok, attempt);
  }

  #finish(status: Status, attempt: Attempt): Status {
    attempt.settle();
    return status;
  }
}

/** An empty requirement: nothing is looked at. */
export const allowAll: Verifier = { wants: 'nothing', verify: () => STATUS.ok };
