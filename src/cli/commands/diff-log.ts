import { ManualClock } from '../../base/index.ts';
import { type Branch, buildRequestHead, compileSnapshot } from '../../proxy/rehearsal/index.ts';
import { Findings } from '../../resources/index.ts';
import type { CliIo } from '../io.ts';
import { type Decision, playBranches } from '../play-branches.ts';
import { outcomeOfAll } from '../policy-diff/change.ts';
import { DiffError, type DiffSide } from '../policy-diff/diff-snapshots.ts';
import { nameAnswers } from '../request-input/name-answer.ts';
import type { LoggedRequest } from '../request-input/parse-log-line.ts';
import { describeReplay, renderReplay } from '../request-input/render-replay.ts';
import { replayLog } from '../request-input/replay-log.ts';
import { readText } from './run-sources.ts';
import { parseInstant } from './token-times.ts';
import { readRequest } from './why-request.ts';

type NamedSide = DiffSide & { name: string };

/**
 * Tells which requests of an access log get another verdict, counted by who decides before and after. Logs have no tokens.
 * @returns whether none does
 * @throws DiffError where one side cannot be compiled
 */
export async function diffLog(
  file: string,
  before: NamedSide,
  after: NamedSide,
  flags: { at: string; json?: boolean },
  io: CliIo,
): Promise<boolean> {
  const [ask, askAfter] = [openSide(before, flags.at), openSide(after, flags.at)];
  const text = file === '-' ? await io.readStdin() : readText(file, 'access log');
  const replay = await replayLog(text, async (request) => {
    const one = await ask(request);
    const two = await askAfter(request);
    if (outcomeOfAll(one) === outcomeOfAll(two)) return null;
    const answer = nameAnswers(two, after.provenance);
    const words = [
      `${outcomeOfAll(one)} -> ${outcomeOfAll(two)}`,
      `    ${before.name}: ${nameAnswers(one, before.provenance).text}`,
      `    ${after.name}: ${answer.text}`,
    ];
    return { text: words.join('\n'), status: answer.status };
  });
  const name = file === '-' ? '<stdin>' : file;
  if (flags.json === true) io.out(`${JSON.stringify(describeReplay(replay), null, 2)}\n`);
  else io.out((replay.rows.length === 0 ? 'no verdict changes\n' : '') + renderReplay(replay, name));
  return replay.rows.length === 0;
}

function openSide(
  { snapshot, provenance }: DiffSide,
  at: string,
): (request: LoggedRequest) => Promise<Branch<Decision>[]> {
  const findings = new Findings(provenance);
  const clock = new ManualClock(parseInstant(at, '--at'));
  const noKeys = { covers: () => false, unread: () => null, fetch: () => Promise.resolve(null) };
  const compiled = compileSnapshot(snapshot, { findings, clock, jwks: noKeys });
  const errors = findings.list.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new DiffError(errors);
  return async (request) => {
    const asked = readRequest(request, { header: [], token: undefined }, compiled);
    return playBranches(compiled, () => ({ ...asked, request: buildRequestHead(asked.words) }), clock);
  };
}
