import type { Position, Provenance } from './provenance.ts';

/** What Envoy 1.40 does with the same text: it will not load it, loads it but the text has no effect, or takes it as it stands. */
export type EnvoyTreatment = 'refuses' | 'ignores' | 'accepts';

/** One thing to say about a configuration. Errors keep it from running; warnings do not, unless `--strict`. */
export interface Finding {
  /** `E103`, `W201`, `L19`, …: each listed in docs/errors.md. */
  code: string;
  severity: 'error' | 'warning';
  /** Lower case, no final stop, what the user wrote in backticks, never a credential. */
  message: string;
  /** What to write instead. */
  hint?: string | undefined;
  envoy: EnvoyTreatment;
  at?: Position | undefined;
  /** Path from the file's root. */
  path?: string | undefined;
}

/** A finding about a decoded message, before its place is looked up. `field` is the proto name. */
export interface FindingAbout extends Omit<Finding, 'at' | 'path'> {
  about?: object | undefined;
  field?: string | undefined;
}

/**
 * Collects findings, so that a user sees all of them at once. What is said of a place is said once, however often the place is used: a
 * filter in several listeners, an anchor with several aliases.
 */
export class Findings {
  readonly list: Finding[] = [];
  readonly #said = new Set<string>();
  readonly #provenance: Provenance | undefined;

  constructor(provenance?: Provenance) {
    this.#provenance = provenance;
  }

  add(finding: Finding): void {
    const { code, message, at, path } = finding;
    const place = at === undefined ? path : `${at.file}:${at.line}:${at.column}`;
    const said = `${code} ${place} ${message}`;
    if (this.#said.has(said)) return;
    this.#said.add(said);
    this.list.push(finding);
  }

  /** Adds a finding about a message, placed where the message (or its field) was written. */
  report(finding: FindingAbout): void {
    const { about, field, ...rest } = finding;
    const at = about === undefined ? undefined : this.#provenance?.find(about, field);
    const base = about === undefined ? undefined : this.#provenance?.path(about);
    const path = base !== undefined && field !== undefined ? `${base}.${field}` : base;
    this.add({ ...rest, at, path });
  }

  get hasErrors(): boolean {
    return this.list.some((finding) => finding.severity === 'error');
  }
}
