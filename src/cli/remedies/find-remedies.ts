import { type Clock, type Step, TreeRecorder } from '../../base/index.ts';
import {
  buildRequestHead,
  type ConnectionInfo,
  type Drawn,
  ReplayedChance,
  type RequestWords,
  type Verdict,
} from '../../proxy/rehearsal/index.ts';
import { playOnce } from '../play-branches.ts';
import { judge } from '../why-verdict.ts';
import { stepsOfKind } from './deny-step.ts';
import { type Change, changesBetween } from './describe-changes.ts';
import { type Draft, type DraftToken, wordsOf } from './draft.ts';
import type { KeyedWorld } from './keyed-world.ts';
import { neverPasses } from './never-passes.ts';
import { NextDrafts } from './next-drafts.ts';

/** What would have let a refused request pass. */
export interface Remedies {
  found: Remedy[];
  /** Why nothing that a client could send passes, where that is known. */
  never: string | null;
  /** How many requests were played. */
  tried: number;
}

/** Changes that together let the request pass: it was played with them. */
export interface Remedy {
  changes: Change[];
  /** As it was played, tokens signed by keys that were made up for it. */
  words: RequestWords;
  connection: ConnectionInfo;
  tokens: readonly { place: DraftToken['place']; token: DraftToken | null; provider: string | null }[];
  /** Another route takes it than the one that the asked request had. */
  isElsewhere: boolean;
  /** It rests on what could not be checked. */
  isConditional: boolean;
}

export interface RefusedRequest {
  words: RequestWords;
  connection: ConnectionInfo;
  listener: string;
  /** What chance says of it, and of each that is tried. */
  drawn: Drawn;
}

const FOUND_MAX = 4;
const TRIES_MAX = 250;
const DEPTH_MAX = 5;
/** Of those that differ from one draft in what was refused. */
const DRAFTS_MAX = 60;
/** A way that costs so much more than the best is not told. */
const SPREAD = 6;
const ELSEWHERE_COST = 8;

/** Looks for the smallest changes of a refused request that pass, playing each. */
export async function findRemedies(
  asked: RefusedRequest,
  world: KeyedWorld,
  clock: Clock,
  triesMax = TRIES_MAX,
): Promise<Remedies> {
  const listener = world.compiled.listeners.find(({ name }) => name === asked.listener);
  if (listener === undefined) return { found: [], never: null, tried: 0 };
  const next = new NextDrafts(world, listener, Math.floor(clock.now() / 1000));
  return new RemedySearch(asked, world, clock, next).run(triesMax);
}

interface Played {
  verdict: Verdict;
  root: Step;
  passes: boolean;
}

interface Queued {
  draft: Draft;
  cost: number;
  depth: number;
}

class RemedySearch {
  readonly #asked: Draft;
  readonly #listener: string;
  readonly #drawn: Drawn;
  readonly #world: KeyedWorld;
  readonly #clock: Clock;
  readonly #next: NextDrafts;
  readonly #seen = new Set<string>();
  readonly #found: Remedy[] = [];
  readonly #ways = new Set<string>();
  #route: object | null = null;
  #tried = 0;

  constructor(asked: RefusedRequest, world: KeyedWorld, clock: Clock, next: NextDrafts) {
    this.#asked = { words: asked.words, connection: asked.connection, tokens: new Map() };
    this.#listener = asked.listener;
    this.#drawn = asked.drawn;
    this.#world = world;
    this.#clock = clock;
    this.#next = next;
  }

  async run(triesMax: number): Promise<Remedies> {
    const first = await this.#play(this.#asked);
    if (first.passes) return { found: [], never: null, tried: this.#tried };
    this.#route = first.verdict.route?.origin ?? null;
    const never = neverPasses(this.#asked, first.verdict, first.root, this.#world, this.#next);
    const queue: Queued[] = [];
    const { verdict, root } = first;
    const made =
      never === null ? this.#next.from(this.#asked, verdict, root) : this.#next.elsewhere(this.#asked);
    this.#enqueue(queue, made, 0);
    while (queue.length > 0 && this.#tried < triesMax) {
      const { draft, cost, depth } = queue.shift() as Queued;
      if (this.#isEnough(cost)) break;
      const played = await this.#play(draft);
      if (played.passes) await this.#keep(draft);
      else if (depth < DEPTH_MAX)
        this.#enqueue(queue, this.#next.from(draft, played.verdict, played.root), depth);
    }
    const found = this.#found.toSorted((a, b) => costOf(a) - costOf(b)).slice(0, FOUND_MAX);
    return { found, never, tried: this.#tried };
  }

  #isEnough(cost: number): boolean {
    const best = Math.min(...this.#found.map(costOf));
    return this.#found.length >= FOUND_MAX || cost > best + SPREAD;
  }

  #enqueue(queue: Queued[], drafts: readonly Draft[], depth: number): void {
    for (const made of drafts.slice(0, DRAFTS_MAX)) {
      const name = nameOf(made);
      if (this.#seen.has(name)) continue;
      this.#seen.add(name);
      const cost = this.#changes(made).reduce((sum, change) => sum + change.cost, depth);
      queue.push({ draft: made, cost, depth: depth + 1 });
    }
    queue.sort((a, b) => a.cost - b.cost);
    queue.length = Math.min(queue.length, TRIES_MAX);
  }

  #changes(draft: Draft): Change[] {
    return changesBetween(this.#asked, draft, (token) => this.#providerOf(token));
  }

  #providerOf({ provider }: DraftToken): string {
    return this.#world.providers.find((one) => one.provider === provider)?.name ?? 'its issuer';
  }

  async #play(draft: Draft): Promise<Played> {
    this.#tried++;
    const recorder = new TreeRecorder();
    const request = buildRequestHead(wordsOf(draft, this.#world.sign));
    const { connection } = draft;
    const chance = new ReplayedChance(this.#drawn);
    const rehearsal = { listener: this.#listener, request, connection, chance };
    const { verdict } = await playOnce(this.#world.compiled, rehearsal, this.#clock, recorder);
    const { outcome } = judge(verdict, recorder.root);
    return { verdict, root: recorder.root, passes: outcome !== 'refused' };
  }

  /** Takes out what is not needed, the dearest first. */
  async #reduce(passing: Draft): Promise<Draft> {
    let draft = passing;
    for (const { text, cost } of this.#changes(passing).toSorted((a, b) => b.cost - a.cost)) {
      const now = this.#changes(draft);
      const change = now.find((one) => one.text === text && one.cost === cost);
      const without = change?.undo(draft);
      if (without === undefined || this.#changes(without).length >= now.length) continue;
      if ((await this.#play(without)).passes) draft = without;
    }
    return draft;
  }

  /** Plays what is left once more. */
  async #keep(passing: Draft): Promise<void> {
    const draft = await this.#reduce(passing);
    const { verdict, root, passes } = await this.#play(draft);
    const changes = this.#changes(draft).filter(({ text }) => text !== '');
    const way = `${changes.map(shapeOf).toSorted().join()} ${grantsIn(root).join()}`;
    if (!passes || this.#ways.has(way)) return;
    this.#ways.add(way);
    this.#found.push({
      changes,
      words: wordsOf(draft, this.#world.sign),
      connection: draft.connection,
      tokens: [...draft.tokens.values()].map(({ place, token }) => ({
        place,
        token,
        provider: token === null ? null : this.#providerOf(token),
      })),
      isElsewhere: (verdict.route?.origin ?? null) !== this.#route,
      isConditional: judge(verdict, root).outcome === 'conditional',
    });
  }
}

/** A change without the value: one way is told once, with the first value that will do. */
const shapeOf = ({ kind, text }: Change) =>
  UNNAMED.has(kind) ? kind : `${kind} ${text.replaceAll(VALUE, '')}`;

const UNNAMED = new Set<Change['kind']>(['path', 'host']);
const VALUE = /[:=] (?:"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[^,)]*)/g;

/** What let the request in: another value for another policy is another way. */
function grantsIn(root: Step): string[] {
  const granting = ['policy', 'rule'].flatMap((kind) => stepsOfKind(root, kind));
  return granting.filter(({ verdict }) => verdict === 'ok' || verdict === 'unknown').map(({ text }) => text);
}

function costOf({ changes, isElsewhere }: Remedy): number {
  return changes.reduce((sum, { cost }) => sum + cost, isElsewhere ? ELSEWHERE_COST : 0);
}

function nameOf({ words, connection, tokens }: Draft): string {
  const put = [...tokens].map(([key, { token }]) => [
    key,
    token === null ? null : [token.claims, token.provider.issuer],
  ]);
  return JSON.stringify([words, connection, put]);
}
