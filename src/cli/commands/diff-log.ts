import { ManualClock, TreeRecorder } from '../../base/index.ts';
import { buildRequestHead, compileSnapshot, rehearse } from '../../proxy/rehearsal/index.ts';
import { Findings } from '../../resources/index.ts';
import type { CliIo } from '../io.ts';
import { outcomeOf } from '../policy-diff/change.ts';
import { type Decision, DiffError, type DiffSide } from '../policy-diff/diff-snapshots.ts';
import { nameAnswer } from '../request-input/name-answer.ts';
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
    if (outcomeOf(one.verdict) === outcomeOf(two.verdict)) return null;
    const words = [
      `${outcomeOf(one.verdict)} -> ${outcomeOf(two.verdict)}`,
      `    ${before.name}: ${nameAnswer(one.verdict, one.root, before.provenance)}`,
      `    ${after.name}: ${nameAnswer(two.verdict, two.root, after.provenance)}`,
    ];
    return { text: words.join('\n'), status: two.verdict.status ?? 200 };
  });
  const name = file === '-' ? '<stdin>' : file;
  if (flags.json === true) io.out(`${JSON.stringify(describeReplay(replay), null, 2)}\n`);
  else io.out((replay.rows.length === 0 ? 'no verdict changes\n' : '') + renderReplay(replay, name));
  return replay.rows.length === 0;
}

function openSide(
  { snapshot, provenance }: DiffSide,
  at: string,
): (request: LoggedRequest) => Promise<Decision> {
  const findings = new Findings(provenance);
  const clock = new ManualClock(parseInstant(at, '--at'));
  const noKeys = { covers: () => false, unread: () => null, fetch: () => Promise.resolve(null) };
  const compiled = compileSnapshot(snapshot, { findings, clock, jwks: noKeys });
  const errors = findings.list.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new DiffError(errors);
  return async (request) => {
    const asked = readRequest(request, { header: [], token: undefined }, compiled);
    const recorder = new TreeRecorder();
    const rehearsal = { ...asked, request: buildRequestHead(asked.words) };
    return { verdict: await rehearse(compiled, rehearsal, clock, recorder), root: recorder.root };
  };
}
