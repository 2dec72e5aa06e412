import { writeRequestHead } from '../../proxy/rehearsal/index.ts';
import type { CliIo } from '../io.ts';
import { playInTurn } from '../play-branches.ts';
import { nameAnswers } from '../request-input/name-answer.ts';
import { describeReplay, renderReplay } from '../request-input/render-replay.ts';
import { replayLog } from '../request-input/replay-log.ts';
import { randomValueOf } from './random-value.ts';
import { readText } from './run-sources.ts';
import type { WhyFlags } from './why.ts';
import type { GivenKeys } from './why-keys.ts';
import type { Loaded } from './why-load.ts';
import { openBench } from './why-one.ts';
import { readRequest } from './why-request.ts';

/** Counts what the requests of an access log are answered, by what decides. Logs have no tokens; --token gives all of them one. */
export async function explainLog(
  file: string,
  flags: WhyFlags,
  loaded: Loaded,
  keys: GivenKeys,
  io: CliIo,
): Promise<void> {
  const bench = await openBench(flags, loaded, keys, io);
  if (bench === null) return;
  const { compiled, clock, token } = bench;
  await compiled.prepare('all');
  const text = file === '-' ? await io.readStdin() : readText(file, 'access log');
  const replay = await replayLog(text, async (logged) => {
    const { words, connection, listener } = readRequest(logged, { ...flags, token }, compiled);
    const playable = () => ({ listener, request: writeRequestHead(words), connection });
    const branches = await playInTurn(compiled, playable, clock, randomValueOf(flags));
    return nameAnswers(branches, loaded.provenance);
  });
  if (token === undefined && replay.rows.some(({ answer }) => answer.startsWith('401'))) {
    io.err('an access log has no tokens: --token gives every request one\n');
  }
  const name = file === '-' ? '<stdin>' : file;
  io.out(
    flags.json === true ? `${JSON.stringify(describeReplay(replay), null, 2)}\n` : renderReplay(replay, name),
  );
}
