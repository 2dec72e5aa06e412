import { type Clock, ManualClock } from '../../base/index.ts';
import { systemClock } from '../../platform/index.ts';
import {
  ClaimRedactor,
  type CompiledSnapshot,
  compileSnapshot,
  type Drawn,
  isRefusal,
  writeRequestHead,
} from '../../proxy/rehearsal/index.ts';
import type { Provenance } from '../../resources/index.ts';
import { EXIT } from '../exit-code.ts';
import type { CliIo } from '../io.ts';
import { playInTurn } from '../play-branches.ts';
import type { Remedies } from '../remedies/find-remedies.ts';
import { renderWhy } from '../render-why.ts';
import { renderWhyJson } from '../render-why-json.ts';
import type { WrittenRequest } from '../request-input/written-request.ts';
import { type Explanation, judgeBranches } from '../why-verdict.ts';
import { randomValueOf } from './random-value.ts';
import { readToken } from './token-input.ts';
import { parseInstant } from './token-times.ts';
import type { WhyFlags } from './why.ts';
import type { GivenKeys } from './why-keys.ts';
import { type Loaded, refuseConfig } from './why-load.ts';
import { type NetworkTrouble, renderTrouble } from './why-network.ts';
import { type AskedRequest, readRequest } from './why-request.ts';

/** A configuration that can be asked, at one time. */
export interface Bench {
  compiled: CompiledSnapshot;
  clock: Clock;
  token: string | undefined;
}

/** @returns null when the configuration does not compile, which has been told */
export async function openBench(
  flags: WhyFlags,
  loaded: Loaded,
  keys: GivenKeys,
  io: CliIo,
): Promise<Bench | null> {
  const clock = new ManualClock(flags.at === undefined ? systemClock.now() : parseInstant(flags.at, '--at'));
  const before = loaded.findings.list.length;
  const compiled = compileSnapshot(loaded.snapshot, { findings: loaded.findings, clock, jwks: keys });
  const errors = loaded.findings.list.slice(before).filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    refuseConfig(errors, loaded.sources, io);
    return null;
  }
  keys.checkNames();
  const token = flags.token === undefined ? undefined : await readToken(flags.token, io);
  return { compiled, clock, token };
}

/** Explains each request; several as one list of JSON, or one after the other. */
export async function explainEach(
  written: readonly WrittenRequest[],
  flags: WhyFlags,
  loaded: Loaded,
  keys: GivenKeys,
  troubles: () => readonly NetworkTrouble[],
  io: CliIo,
): Promise<void> {
  const bench = await openBench(flags, loaded, keys, io);
  if (bench === null) return;
  const { compiled, token } = bench;
  const all = written.map((one) => readRequest(one, { ...flags, token }, compiled));
  await compiled.prepare('all');
  const explanations: Explanation[] = [];
  for (const asked of all) explanations.push(await explain(asked, flags, loaded, keys, bench));
  const { provenance } = loaded;
  const place = flags.configDump === undefined ? byLine(provenance) : byPath(provenance);
  const texts = explanations.map((one) =>
    flags.json === true ? renderWhyJson(one, provenance, troubles()) : renderWhy(one, place, io.color),
  );
  if (flags.json === true) io.out(texts.length === 1 ? (texts[0] as string) : `[\n${texts.join(',')}]\n`);
  else
    io.out(
      texts.join('\n') +
        troubles()
          .map((one) => `  network: ${renderTrouble(one)}\n`)
          .join(''),
    );
  const isSure = explanations.every(({ outcome }) => outcome === 'passes');
  if (flags.exitCode === true && !isSure) io.exitCode = EXIT.deniedOrNotValid;
}

async function explain(
  asked: AskedRequest,
  flags: WhyFlags,
  loaded: Loaded,
  keys: GivenKeys,
  { compiled, clock }: Bench,
): Promise<Explanation> {
  const { listener, connection, words } = asked;
  const playable = () => ({ listener, request: writeRequestHead(words), connection });
  const branches = await playInTurn(compiled, playable, clock, randomValueOf(flags));
  const { drawn, ...judgment } = judgeBranches(branches);
  const { verdict, root } = judgment;
  const isRead = !root.steps.some(({ steps }) => steps.some(({ kind }) => kind === 'codec'));
  const remedies =
    isRefusal(verdict) && isRead ? await remediesOf({ ...asked, drawn }, loaded, keys, clock) : null;
  const shown = { asked: words, remedies, ...judgment };
  if (flags.showClaims === true) return shown;
  const redactor = new ClaimRedactor(loaded.snapshot, words);
  return {
    ...shown,
    root: redactor.redactStep(root),
    remedies: remedies === null ? null : redactRemedies(remedies, redactor),
  };
}

/** Loaded only for what is refused. */
async function remediesOf(
  asked: AskedRequest & { drawn: Drawn },
  { snapshot }: Loaded,
  keys: GivenKeys,
  clock: Clock,
): Promise<Remedies> {
  const [{ findRemedies }, { createKeyedWorld }] = await Promise.all([
    import('../remedies/find-remedies.ts'),
    import('../remedies/keyed-world.ts'),
  ]);
  return findRemedies(asked, await createKeyedWorld(snapshot, clock, keys), clock);
}

function redactRemedies(remedies: Remedies, redactor: ClaimRedactor): Remedies {
  const found = remedies.found.map((remedy) => ({
    ...remedy,
    changes: remedy.changes.map((change) => ({ ...change, text: redactor.redactText(change.text) })),
  }));
  return { ...remedies, found };
}

const byLine = (provenance: Provenance) => (origin: object, field?: string) => {
  const at = provenance.find(origin, field);
  return at === undefined ? undefined : `${at.file}:${at.line}`;
};

/** In a dump lines say little: it is often one. */
const byPath = (provenance: Provenance) => (origin: object, field?: string) => {
  const path = provenance.path(origin);
  return path === undefined || field === undefined ? path : `${path}.${field}`;
};
