import type { ManualClock, Step } from '../../base/index.ts';
import {
  type Branch,
  type CompiledSnapshot,
  type RequestWords,
  type Verdict,
  writeRequestHead,
} from '../../proxy/rehearsal/index.ts';
import { readRequest } from '../commands/why-request.ts';
import { EXIT } from '../exit-code.ts';
import { UserError } from '../io.ts';
import { type Decision, isWhole, percentOf, playInTurn } from '../play-branches.ts';
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
  /** Of what chance made of the request besides. */
  otherRoots: readonly Step[];
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
    const { listener, connection, words } = asked;
    const playable = () => ({ listener, request: writeRequestHead(words), connection });
    const branches = await playInTurn(stage.compiled, playable, stage.clock, request.randomValue);
    const played = branches.map((branch) => ({
      ...branch.result,
      mismatches: mismatchesAt(round, policyCase, branch.result, shareText(branch)),
    }));
    const shown = played.find((one) => one.mismatches.length > 0) ?? (played[0] as (typeof played)[number]);
    const mismatches = played.flatMap((one) => one.mismatches);
    if (mismatches.length === 0 && round < repeat) continue;
    const otherRoots = played.flatMap((one) => (one === shown ? [] : [one.root]));
    return { policyCase, asked: words, ...shown, mismatches, otherRoots };
  }
}

/** Empty where chance has no say. */
function shareText({ share, drawn: { randomValue, draws } }: Branch<Decision>): string {
  if (isWhole(share)) return '';
  return `${percentOf(share)} of such requests${draws.length === 0 ? ` (random_value ${randomValue})` : ''}: `;
}

function mismatchesAt(
  round: number,
  policyCase: PolicyCase,
  { verdict, root }: Decision,
  share: string,
): string[] {
  const { expect, expectLast, repeat } = policyCase;
  const found = mismatchesOf(expect, verdict, root);
  if (expectLast !== undefined && round === repeat) found.push(...mismatchesOf(expectLast, verdict, root));
  const which = repeat === 1 ? share : `request ${round} of ${repeat}: ${share}`;
  return found.map((text) => `${which}${text}`);
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
