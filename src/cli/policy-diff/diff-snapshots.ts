import { ManualClock, TreeRecorder } from '../../base/index.ts';
import {
  type Branch,
  buildRequestHead,
  type CompiledListener,
  type CompiledSnapshot,
  compileSnapshot,
  exploreChance,
  type Rehearsal,
} from '../../proxy/rehearsal/index.ts';
import { type Finding, Findings, type Provenance, type Snapshot } from '../../resources/index.ts';
import { type Decision, playBranches, playOnce } from '../play-branches.ts';
import { atomsOf } from './atoms.ts';
import { type Box, coverByBoxes } from './boxes.ts';
import { type Change, outcomeOfAll, type Witness } from './change.ts';
import { KeySources } from './key-sources.ts';
import { type AskedSpace, DIMENSIONS, type RequestSpace, requestSpaces } from './request-space.ts';
import { assumeUnreadKeys } from './unread-keys.ts';

export interface DiffSide {
  snapshot: Snapshot;
  provenance: Provenance;
}

export interface DiffResult {
  changes: readonly ListenerChange[];
  /** Listeners that only one side has, by address. */
  onlyBefore: readonly string[];
  onlyAfter: readonly string[];
  /** How many requests were asked of both. */
  tried: number;
  thinned: readonly string[];
  /** Providers whose keys lie on another machine: they are taken for the other side's. */
  unreadKeys: readonly string[];
}

export interface ListenerChange extends Change {
  listener: string;
  /** The witness's decision on each side. */
  before: string;
  after: string;
  decisions: { before: Decision; after: Decision };
}

/** Thrown where one side cannot be compiled. */
export class DiffError extends Error {
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    super('a configuration does not compile');
    this.findings = findings;
  }
}

/**
 * Finds the classes of requests whose verdict differs between two configurations: everything that their matchers look at is split into
 * the values that they can tell apart, and one request of each class is asked of both. The snapshots' inline keys are replaced.
 */
export async function diffSnapshots(before: DiffSide, after: DiffSide, nowMs: number): Promise<DiffResult> {
  const unreadKeys = assumeUnreadKeys(before.snapshot, after.snapshot);
  const atoms = atomsOf([before.snapshot, after.snapshot]);
  const keys = new KeySources(atoms.providers, nowMs);
  const { spaces, thinned } = requestSpaces(atoms, keys);
  const clock = new ManualClock(nowMs);
  const [one, two] = await Promise.all(
    [before, after].map(async (side) => {
      keys.replaceLocal(side.snapshot);
      return new Player(await compile(side, clock, keys), clock);
    }),
  );
  const pairs = pairListeners(one as Player, two as Player);
  const changes: ListenerChange[] = [];
  let tried = 0;
  for (const [left, right] of pairs.both) {
    for (const space of spaces) {
      const found = await compareOn(space, [one as Player, left], [two as Player, right]);
      tried += found.tried;
      changes.push(...found.changes);
    }
  }
  return { changes, onlyBefore: pairs.onlyBefore, onlyAfter: pairs.onlyAfter, tried, thinned, unreadKeys };
}

async function compile(side: DiffSide, clock: ManualClock, jwks: KeySources): Promise<CompiledSnapshot> {
  const findings = new Findings(side.provenance);
  const compiled = compileSnapshot(side.snapshot, { findings, clock, jwks });
  const errors = findings.list.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new DiffError(errors);
  await compiled.prepare('all');
  return compiled;
}

interface ExplainedOutcome {
  outcome: string;
  decision: Decision;
}

const NO_STEPS = new TreeRecorder().root;

/** Asks one side. */
class Player {
  readonly compiled: CompiledSnapshot;
  readonly #clock: ManualClock;

  constructor(compiled: CompiledSnapshot, clock: ManualClock) {
    this.compiled = compiled;
    this.#clock = clock;
  }

  async outcome(listener: CompiledListener, witness: Witness): Promise<string> {
    const branches = await exploreChance(async (chance) => {
      const rehearsal = { ...this.#rehearsal(listener, witness), chance };
      return { ...(await playOnce(this.compiled, rehearsal, this.#clock, null)), root: NO_STEPS };
    });
    return outcomeOfAll(branches);
  }

  /** The likeliest decision. */
  async explain(listener: CompiledListener, witness: Witness): Promise<ExplainedOutcome> {
    const playable = () => this.#rehearsal(listener, witness);
    const branches = await playBranches(this.compiled, playable, this.#clock);
    return { outcome: outcomeOfAll(branches), decision: (branches[0] as Branch<Decision>).result };
  }

  #rehearsal(listener: CompiledListener, { words, connection }: Witness): Rehearsal {
    const local = { localAddress: listener.address.address, localPort: listener.address.port };
    return {
      listener: listener.name,
      request: buildRequestHead(words),
      connection: { ...connection, ...local },
    };
  }
}

type Side = readonly [player: Player, listener: CompiledListener];

/** By name, else by port; the only listeners of both sides are a pair whatever they are called. */
function pairListeners({ compiled: before }: Player, { compiled: after }: Player) {
  const left = [...after.listeners];
  const both: [CompiledListener, CompiledListener][] = [];
  const onlyBefore: string[] = [];
  const isOnly = before.listeners.length === 1 && after.listeners.length === 1;
  for (const listener of before.listeners) {
    const partner =
      left.find(({ name }) => name === listener.name) ??
      left.find(({ address }) => address.port === listener.address.port) ??
      (isOnly ? left[0] : undefined);
    if (partner === undefined) onlyBefore.push(listener.name);
    else {
      both.push([listener, partner]);
      left.splice(left.indexOf(partner), 1);
    }
  }
  return { both, onlyBefore, onlyAfter: left.map(({ name }) => name) };
}

async function compareOn({ space, meanings }: AskedSpace, one: Side, two: Side) {
  const sizes = DIMENSIONS.map((name) => space[name].values.length);
  const byChange = new Map<string, number[][]>();
  let tried = 0;
  for (const cell of cellsIn(sizes)) {
    const witness = witnessOf(space, cell);
    const key = await compareWitness(witness, one, two);
    tried++;
    if (key === null || (await isToldAlready(key, witness, meanings, one, two))) continue;
    const cells = byChange.get(key);
    if (cells === undefined) byChange.set(key, [cell]);
    else cells.push(cell);
  }
  const changes: ListenerChange[] = [];
  for (const cells of byChange.values()) {
    for (const box of coverByBoxes(cells, sizes)) changes.push(await describeBox(box, space, one, two));
  }
  return { changes, tried };
}

/** What the verdict was and what it is; null where that is the same. */
async function compareWitness(witness: Witness, one: Side, two: Side): Promise<string | null> {
  const before = await one[0].outcome(one[1], witness);
  const after = await two[0].outcome(two[1], witness);
  return before === after ? null : `${before}\n${after}`;
}

/** Another spelling of a path that changes likewise is no news. */
async function isToldAlready(
  change: string,
  witness: Witness,
  meanings: AskedSpace['meanings'],
  one: Side,
  two: Side,
): Promise<boolean> {
  const { words } = witness;
  const [path = '', query] = words.path.split('?');
  for (const meaning of meanings.get(path) ?? []) {
    const plain = query === undefined ? meaning : `${meaning}?${query}`;
    const found = await compareWitness({ ...witness, words: { ...words, path: plain } }, one, two);
    if (found === change) return true;
  }
  return false;
}

/** Cells in such an order that plain requests come first. */
function* cellsIn(sizes: readonly number[]): Generator<number[]> {
  const cell = sizes.map(() => 0);
  if (sizes.some((size) => size === 0)) return;
  for (;;) {
    yield [...cell];
    let place = cell.length - 1;
    while (place >= 0 && ++(cell[place] as number) === sizes[place]) cell[place--] = 0;
    if (place < 0) return;
  }
}

async function describeBox(box: Box, space: RequestSpace, one: Side, two: Side): Promise<ListenerChange> {
  const witness = witnessOf(
    space,
    box.map((indexes) => indexes[0] as number),
  );
  const before = await one[0].explain(one[1], witness);
  const after = await two[0].explain(two[1], witness);
  const parts = Object.fromEntries(
    DIMENSIONS.map((name, place) => {
      const { values } = space[name];
      const indexes = box[place] as readonly number[];
      const labels = indexes.map((index) => values[index]?.label ?? '');
      return [name, indexes.length === values.length ? null : labels];
    }),
  );
  return {
    listener: two[1].name,
    before: before.outcome,
    after: after.outcome,
    size: box.reduce((product, indexes) => product * indexes.length, 1),
    parts: parts as Change['parts'],
    witness,
    decisions: { before: before.decision, after: after.decision },
  };
}

function witnessOf(space: RequestSpace, cell: readonly number[]): Witness {
  const chosen = <Name extends keyof RequestSpace>(name: Name) =>
    space[name].values[cell[DIMENSIONS.indexOf(name)] as number] as RequestSpace[Name]['values'][number];
  const token = chosen('token');
  const { headers, parameters } = chosen('fields').value as RequestSpace['fields']['values'][number]['value'];
  const { remoteAddress, tls, serverName } = chosen('connection')
    .value as RequestSpace['connection']['values'][number]['value'];
  const sent = token.value as RequestSpace['token']['values'][number]['value'];
  const query = [...parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`)];
  const fields = headers.map(([name, value]): [string, string] => [name, value]);
  if (sent?.place.kind === 'query') query.push(`${sent.place.name}=${sent.text}`);
  if (sent?.place.kind === 'header') fields.push([sent.place.name, `${sent.place.prefix}${sent.text}`]);
  if (sent?.place.kind === 'cookie') fields.push(['cookie', `${sent.place.name}=${sent.text}`]);
  const path = chosen('path').value as string;
  return {
    words: {
      method: chosen('method').value as string,
      scheme: tls ? 'https' : 'http',
      authority: chosen('host').value as string,
      path: query.length === 0 ? path : `${path}?${query.join('&')}`,
      headers: fields,
    },
    connection: { remoteAddress, remotePort: 50_000, localAddress: '', localPort: 0, serverName, tls },
    tokenLabel: token.label,
  };
}
