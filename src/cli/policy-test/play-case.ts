import { type ManualClock, type Step, TreeRecorder } from '../../base/index.ts';
import {
  type CompiledSnapshot,
  type RequestWords,
  rehearse,
  type Verdict,
  writeRequestHead,
} from '../../proxy/rehearsal/index.ts';
import { readRequest } from '../commands/why-request.ts';
import { EXIT } from '../exit-code.ts';
import { UserError } from '../io.ts';
import { mismatchesOf } from './check-expectation.ts';
import type { AskedOf, PolicyCase } from './policy-test.ts';
import type { TokenMint } from './token-mint.ts';

/** How one case went. */
export interface CaseResult {
  policyCase: PolicyCase;
  /** Empty: as expected. */
  mismatches: readonly string[];
  /** Of the last repetition, or of the first that was not as expected. */
  asked: RequestWords;
  verdict: Verdict;
  root: Step;
}

export interface Stage {
  compiled: CompiledSnapshot;
  clock: ManualClock;
  mint: TokenMint;
}

/** Plays a case through the decision objects. */
export async function playCase(policyCase: PolicyCase, stage: Stage): Promise<CaseResult> {
  const { request, nowMs, repeat } = policyCase;
  stage.clock.set(nowMs);
  const asked = askAt(policyCase, request, stage);
  for (let round = 1; ; round++) {
    const recorder = new TreeRecorder();
    const head = writeRequestHead(asked.words);
    const { listener, connection } = asked;
    const rehearsal = { listener, request: head, connection };
    const verdict = await rehearse(stage.compiled, rehearsal, stage.clock, recorder);
    const mismatches = mismatchesAt(round, policyCase, verdict, recorder.root);
    if (mismatches.length > 0 || round === repeat) {
      return { policyCase, mismatches, asked: asked.words, verdict, root: recorder.root };
    }
  }
}

function mismatchesAt(round: number, policyCase: PolicyCase, verdict: Verdict, root: Step): string[] {
  const { expect, expectLast, repeat } = policyCase;
  const found = mismatchesOf(expect, verdict, root);
  if (expectLast !== undefined && round === repeat) found.push(...mismatchesOf(expectLast, verdict, root));
  return repeat === 1 ? found : found.map((text) => `request ${round} of ${repeat}: ${text}`);
}

/** @throws UserError with the case's place for what nobody can be asked */
function askAt({ at }: PolicyCase, request: AskedOf, stage: Stage) {
  try {
    return askFor(request, stage);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${at.file}:${at.line}:${at.column}: ${error.message}`, EXIT.configInvalid);
  }
}

function askFor(request: AskedOf, { compiled, mint }: Stage) {
  const token = request.as === null ? undefined : mint.token(request.as);
  const headers = request.headers.map((line) =>
    line.replaceAll(/\{token:([^}]+)\}/g, (_, name: string) => mint.token(name)),
  );
  const { tokenIn: place, method, listener } = request;
  if (token !== undefined && place.kind !== 'query') {
    headers.push(
      place.kind === 'cookie' ? `cookie: ${place.name}=${token}` : `${place.name}: ${place.prefix}${token}`,
    );
  }
  const url =
    token !== undefined && place.kind === 'query'
      ? withParameter(request.url, place.name, token)
      : request.url;
  const written = { method: method.toUpperCase(), url, headers };
  const asked = readRequest(written, { header: [], token: undefined, listener }, compiled);
  if (request.peer !== undefined) asked.connection.remoteAddress = request.peer;
  return asked;
}

function withParameter(url: string, name: string, value: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}${name}=${value}`;
}
