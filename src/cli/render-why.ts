import type { Step, StepVerdict } from '../base/index.ts';
import { redactTokens } from '../core/match/index.ts';
import { isRefusal, type Verdict } from '../proxy/rehearsal/index.ts';
import { percentOf } from './play-branches.ts';
import { remedyLines } from './remedies/render-remedies.ts';
import { type ByChance, type Explanation, shownVerdict, uncheckedText } from './why-verdict.ts';

/** Where a step's configuration was written: `file:line`, or a path into a dump. */
export type PlaceOf = (origin: object, field?: string) => string | undefined;

/** Column that places stand at, where the text before them leaves room. */
const PLACE_COLUMN = 84;
/** More passed-over routes, rules or policies than this are counted and not listed. */
const LISTED_MAX = 12;

const STYLES: Record<StepVerdict, { word: string; code: number }> = {
  ok: { word: 'ok', code: 32 },
  no: { word: 'no', code: 33 },
  deny: { word: 'DENY', code: 31 },
  skipped: { word: '-', code: 2 },
  unknown: { word: '??', code: 35 },
};

/** The decision tree for a terminal. Tokens never appear, only their fingerprints. */
export function renderWhy(explanation: Explanation, placeOf: PlaceOf, color: boolean): string {
  const page = new Page(placeOf, color);
  page.line(0, headline(explanation));
  for (const step of explanation.root.steps) page.renderListener(step);
  for (const text of [...epilogue(explanation), ...remedyLines(explanation.remedies)]) page.line(1, text);
  return page.text();
}

/** The steps alone. */
export function renderSteps(steps: readonly Step[], placeOf: PlaceOf, color: boolean): string {
  const page = new Page(placeOf, color);
  for (const step of steps) page.renderListener(step);
  return page.text();
}

function headline({ asked, verdict, unchecked, chance }: Explanation): string {
  const request = `${asked.method} ${redactTokens(asked.path)}`;
  const isSure = isRefusal(verdict) || unchecked.length === 0;
  const answer = isSure ? answerText(verdict) : `${answerText(verdict)}, IF what is marked ?? holds`;
  const share = chance === null ? '' : `, by chance: ${percentOf(chance.share)} of such requests`;
  return `${request}  ->  ${answer}${share}`;
}

/** What becomes of those of whom chance says something else. */
function otherwise({ share, others }: ByChance): string[] {
  const left = others.reduce((rest, other) => rest - other.share, 1 - share);
  const lines = others.map((other) => {
    const condition = other.outcome === 'conditional' ? ', IF what cannot be checked holds' : '';
    const randomValue = other.randomValue === null ? '' : `   (--random-value ${other.randomValue})`;
    return `${percentOf(other.share)} of such requests: ${answerText(other.verdict)}${condition}${randomValue}`;
  });
  return left < 1e-9
    ? lines
    : [...lines, `${percentOf(left)} of such requests: there are too many ways to play`];
}

function answerText({ status, body, route }: Verdict): string {
  if (status === 0) return 'connection closed';
  if (status !== null) return `${status}  ${firstLine(body)}`.trimEnd();
  return route?.action.kind === 'cluster' ? `cluster ${route.action.cluster}` : 'forwarded';
}

const SHOWN_BODY_MAX = 100;

function firstLine(body: string): string {
  const line = body.split('\n', 1)[0] as string;
  return line.length > SHOWN_BODY_MAX ? `${line.slice(0, SHOWN_BODY_MAX)}…` : line;
}

/** By the kind of step. */
const WAY_TO_KNOW: Readonly<Record<string, string>> = {
  check: '; give them with --jwks PROVIDER=FILE, or --fetch',
  body: "; say how long it is with -H 'content-length: N'",
};

function epilogue({ asked, verdict, unchecked, chance }: Explanation): string[] {
  const lines = unchecked.map((step) => `not sure: ${uncheckedText(step)}${WAY_TO_KNOW[step.kind] ?? ''}`);
  const { forwarded, grpc } = verdict;
  if (grpc !== null) {
    const fields = grpc
      .filter(([name]) => name.startsWith('grpc-'))
      .map(([name, value]) => `${name}: ${value}`);
    lines.push(`a gRPC client is told 200 with ${fields.join(', ')}`);
  }
  if (chance !== null) lines.push(...otherwise(chance));
  if (forwarded === null) return lines;
  const sent = new Set(asked.headers.map(([name]) => name.toLowerCase()));
  const names = new Set(forwarded.headers.names);
  const added = [...names].filter((name) => !sent.has(name) && !OWN_FIELDS.has(name));
  const removed = [...sent].filter((name) => !names.has(name) && name !== 'host');
  if (forwarded.authority !== asked.authority) lines.push(`the origin sees host ${forwarded.authority}`);
  if (forwarded.path !== asked.path) lines.push(`the origin sees path ${redactTokens(forwarded.path)}`);
  if (added.length > 0) lines.push(`headers added: ${added.join(', ')}`);
  if (removed.length > 0) lines.push(`headers removed: ${removed.join(', ')}`);
  return lines;
}

/** What every request gets. */
const OWN_FIELDS = new Set(['x-request-id', 'x-forwarded-proto']);

/** Steps below a listener that choose nothing: each has a line of its own. */
const NOT_ON_THE_WAY = new Set(['filter', 'network filter', 'codec', 'preparation']);
/** Those of them that come before the filters. */
const BEFORE_FILTERS = new Set(['network filter', 'codec', 'preparation']);

class Page {
  readonly #lines: string[] = [];
  readonly #placeOf: PlaceOf;
  readonly #color: boolean;

  constructor(placeOf: PlaceOf, color: boolean) {
    this.#placeOf = placeOf;
    this.#color = color;
  }

  text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  line(depth: number, text: string): void {
    this.#lines.push(`${'  '.repeat(depth)}${text}`);
  }

  /** Listener, filter chain, virtual host and route are one way down, so they are one line, placed at the last of them. */
  renderListener(listener: Step): void {
    const way = [`listener ${listener.text}`];
    let last = listener;
    const passedOver: Step[] = [];
    const selections = listener.steps.filter(({ kind }) => !NOT_ON_THE_WAY.has(kind));
    for (const step of selections) {
      way.push(`${step.kind === 'filter chain' ? '' : 'vhost '}${step.text}`);
      last = step;
      const routes = step.steps;
      const chosen = routes.findLast((route) => route.verdict === 'ok');
      passedOver.push(...routes.filter((route) => route !== chosen));
      if (chosen === undefined) continue;
      way.push(`route ${chosen.text}`);
      last = chosen;
    }
    this.#put(1, way.join(' > '), last);
    this.#passedOver(passedOver);
    if (last.verdict !== 'ok' && last.reason !== undefined) this.line(2, last.reason);
    for (const step of listener.steps) {
      if (BEFORE_FILTERS.has(step.kind)) this.#renderFilter(step);
    }
    const filters = listener.steps.filter((step) => step.kind === 'filter');
    for (const filter of filters) if (filter.verdict !== 'skipped') this.#renderFilter(filter);
    const skipped = filters.filter((step) => step.verdict === 'skipped').map((step) => step.text);
    if (filters.some((step) => step.verdict === 'deny')) {
      this.line(1, `not reached: ${[...skipped, 'router'].join(', ')}`);
    }
  }

  /** A filter and the rule that it chose are one line. */
  #renderFilter(filter: Step): void {
    const chosen = filter.steps.find((step) => step.kind === 'rule' && step.verdict !== 'no');
    this.#passedOver(filter.steps.filter((step) => step.kind === 'rule' && step !== chosen));
    const text = chosen === undefined ? filter.text : `${filter.text}  ${chosen.text}`;
    this.#verdict(1, filter, text, chosen ?? filter);
    for (const note of filter.notes) this.line(3, note);
    const inner = chosen === undefined ? filter.steps.filter((step) => step.kind !== 'rule') : chosen.steps;
    this.#renderSteps(inner, 3);
  }

  #renderSteps(steps: readonly Step[], depth: number): void {
    const hidden =
      steps.length > LISTED_MAX ? steps.filter((step) => step.verdict === 'no').slice(0, -LISTED_MAX) : [];
    if (hidden.length > 0) this.line(depth, `(${hidden.length} more do not match)`);
    for (const step of steps) {
      if (hidden.includes(step)) continue;
      this.#renderStep(step, depth);
    }
  }

  #renderStep(step: Step, depth: number): void {
    const isLeaf = step.steps.length === 0;
    const notes = isLeaf && step.notes.length > 0 ? `   ${step.notes.join('; ')}` : '';
    this.#verdict(depth, step, `${named(step)}${notes}`, step);
    if (!isLeaf) for (const note of step.notes) this.line(depth + 2, note);
    this.#renderSteps(step.steps, depth + 2);
  }

  /** What was looked at before the one that matched. */
  #passedOver(steps: readonly Step[]): void {
    if (steps.length > LISTED_MAX) this.line(2, `(${steps.length - LISTED_MAX} before these do not match)`);
    for (const step of steps.slice(-LISTED_MAX)) this.#verdict(2, step, named(step), step);
  }

  #verdict(depth: number, step: Step, text: string, place: Step): void {
    const { reason, kind } = step;
    const { word, code } = STYLES[shownVerdict(step)];
    const padded = word.padEnd(4);
    const shown = this.#color ? `\u001B[${code}m${padded}\u001B[0m` : padded;
    const isNews = reason !== undefined && kind !== 'rule' && reason !== 'does not match';
    this.#put(depth, `${shown} ${text}${isNews ? `: ${reason}` : ''}`, place);
  }

  #put(depth: number, text: string, { origin, field }: Step): void {
    const place = origin === undefined ? undefined : this.#placeOf(origin, field);
    const line = `${'  '.repeat(depth)}${text}`;
    this.#lines.push(place === undefined ? line : `${line.padEnd(PLACE_COLUMN)}  ${place}`);
  }
}

/** What the step is, in front of what it says, where that does not say so itself. */
function named({ kind, text }: Step): string {
  return SELF_EVIDENT.has(kind) ? text : `${kind} ${text}`;
}

const SELF_EVIDENT = new Set(['check', 'rule', 'requirement', 'body']);
