import type { DescField, DescMessage } from '@bufbuild/protobuf';
import type { EnvoyTreatment, Findings, Position, Provenance } from '../../../resources/index.ts';
import { CODES, type CodeName } from '../codes.ts';
import type { SourceNode } from '../source/source-node.ts';
import type { LooseMessage } from './message-shape.ts';

/** Nodes that may be visited beyond those that were written, which aliases repeat. */
const VISITS_SPARE = 500_000;
/** Levels of nesting. */
const DEPTH_MAX = 100;

/** Where a value stands, for provenance and findings. */
export interface Place {
  at: Position;
  /** From the file's root. */
  path: string;
  /** Nesting so far. */
  depth: number;
  /** What is in here is under a field that has no effect or is refused; said once, not again below. */
  quiet: boolean;
  /** Envoy judges nothing in here: what is written may be anything of its type. */
  unjudged?: boolean | undefined;
}

/** A decoded message in the order of decoding, children before parents. */
export interface DecodedMessage {
  message: LooseMessage;
  desc: DescMessage;
  place: Place;
}

/** Says what jotgate does with what was written. */
export interface Judge {
  /** Speaks of a field; true when nothing more is to be said of what is inside it. */
  judgeField(
    desc: DescMessage,
    field: DescField,
    node: SourceNode,
    place: Place,
    context: DecodeContext,
  ): boolean;
  /** True when the schema does not have the field, Envoy does, and that has been said. */
  judgeUnknownField(desc: DescMessage, name: string, place: Place, context: DecodeContext): boolean;
  /** True when the type that an `Any` names is done; else that has been said. */
  judgeType(desc: DescMessage, place: Place, context: DecodeContext): boolean;
  /** True when the schema does not have the type, Envoy does, and that has been said. */
  judgeUnknownType(typeName: string, place: Place, context: DecodeContext): boolean;
}

/** A message is complete, and not yet packed into an `Any` around it: the last moment to change it. */
export type CompleteMessage = (decoded: DecodedMessage, context: DecodeContext) => void;

/** What a reader of Envoy's own configuration adds to plain decoding. */
export interface DecodeHooks {
  judge: Judge;
  completeMessage: CompleteMessage;
}

export interface Fault {
  code: CodeName;
  message: string;
  at: Position;
  path: string;
  hint?: string | undefined;
  envoy?: EnvoyTreatment | undefined;
  severity?: 'error' | 'warning' | undefined;
}

/** Thrown to leave a hostile text; becomes one finding. */
export class LimitReached extends Error {
  readonly place: Place;

  constructor(place: Place, message: string) {
    super(message);
    this.place = place;
  }
}

/** What one decoding run shares. */
export class DecodeContext {
  readonly findings: Findings;
  readonly provenance: Provenance;
  readonly judge: Judge | undefined;
  readonly #completeMessage: CompleteMessage | undefined;
  readonly decoded: DecodedMessage[] = [];
  readonly #broken = new WeakMap<object, Set<string>>();
  #visitsLeft = VISITS_SPARE;

  constructor(findings: Findings, provenance: Provenance, hooks?: DecodeHooks) {
    this.findings = findings;
    this.provenance = provenance;
    this.judge = hooks?.judge;
    this.#completeMessage = hooks?.completeMessage;
  }

  report(fault: Fault): void {
    const { code, envoy = 'refuses', severity = 'error', ...rest } = fault;
    this.findings.add({ code: CODES[code], envoy, severity, ...rest });
  }

  complete(decoded: DecodedMessage): void {
    if (decoded.place.unjudged === true) return;
    this.decoded.push(decoded);
    this.#completeMessage?.(decoded, this);
  }

  /** A field that was written but could not be read, so that its absence is no second error. */
  markBroken(message: object, field: string): void {
    const fields = this.#broken.get(message) ?? new Set();
    this.#broken.set(message, fields.add(field));
  }

  isBroken(message: object, field: string): boolean {
    return this.#broken.get(message)?.has(field) === true;
  }

  /** A text of so many characters has fewer nodes than that. */
  allowFor(textLength: number): void {
    this.#visitsLeft += textLength;
  }

  visit(place: Place): void {
    if (--this.#visitsLeft < 0) throw new LimitReached(place, 'aliases expand the text beyond bounds');
    if (place.depth > DEPTH_MAX) throw new LimitReached(place, `nested deeper than ${DEPTH_MAX} levels`);
  }
}

/** The place of something inside: a field, an element, a map's entry. */
export function placeInside(parent: Place, at: Position, step: string, quiet = parent.quiet): Place {
  const joint = parent.path === '' || step.startsWith('[') ? '' : '.';
  const { depth, unjudged } = parent;
  return { at, path: `${parent.path}${joint}${step}`, depth: depth + 1, quiet, unjudged };
}

/** A map key as a step of a path: bare where it looks like a name. */
export function keyStep(key: string): string {
  return /^[A-Za-z_][\w-]*$/.test(key) ? key : `[${JSON.stringify(key)}]`;
}
