import type { Any } from '@bufbuild/protobuf/wkt';
import type { Bootstrap } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import type { EnvoyTreatment, Finding, Position, Provenance } from '../../../resources/index.ts';
import { typeNameOf, unpackAny } from '../../../resources/index.ts';
import type { CodeName } from '../codes.ts';
import type { DecodeContext } from '../decode/decode-context.ts';
import { Guesses } from '../decode/near-miss.ts';
import { schemaRegistry } from '../schema-registry.ts';

export interface Complaint {
  code: CodeName;
  message: string;
  about: object;
  /** Proto name; elements as `name[0]`. */
  field?: string | undefined;
  hint?: string | undefined;
  severity?: 'error' | 'warning' | undefined;
  envoy?: EnvoyTreatment | undefined;
}

/** What the checks that look beyond one message share. */
export class CheckContext {
  readonly bootstrap: Bootstrap;
  readonly clusterNames: ReadonlySet<string>;
  /** It was read from an Envoy that runs it. */
  readonly isRunning: boolean;
  readonly #decode: DecodeContext;
  readonly #guesses = new Guesses();
  /** Of the errors among the findings that have been looked at. */
  readonly #errorPlaces = new Set<string>();
  #findingsSeen = 0;

  constructor(bootstrap: Bootstrap, decode: DecodeContext, isRunning = false) {
    this.bootstrap = bootstrap;
    this.isRunning = isRunning;
    this.#decode = decode;
    this.clusterNames = new Set((bootstrap.staticResources?.clusters ?? []).map((cluster) => cluster.name));
  }

  get provenance(): Provenance {
    return this.#decode.provenance;
  }

  /** The name that was probably meant. */
  guess(written: string, names: () => Iterable<string>): string | undefined {
    return this.#guesses.nearMiss(written, names);
  }

  isBroken(message: object, field: string): boolean {
    return this.#decode.isBroken(message, field);
  }

  /** Some cluster may be there that could not be read. */
  get clustersAreBroken(): boolean {
    const { staticResources } = this.bootstrap;
    if (this.isBroken(this.bootstrap, 'static_resources')) return true;
    return staticResources !== undefined && this.isBroken(staticResources, 'clusters');
  }

  placeOf(message: object, field?: string): Position | undefined {
    return this.provenance.find(message, field);
  }

  /** There is an error at this very place. */
  isTold(about: object): boolean {
    const at = this.placeOf(about);
    const { list } = this.#decode.findings;
    for (; this.#findingsSeen < list.length; this.#findingsSeen++) {
      const { severity, at: place } = list[this.#findingsSeen] as Finding;
      if (severity === 'error' && place !== undefined) this.#errorPlaces.add(keyOf(place));
    }
    return at !== undefined && this.#errorPlaces.has(keyOf(at));
  }

  /** Where another message is, as `line 3`; with its file where that is not the one of what is spoken of. */
  whereIs(other: object, about: object): string | undefined {
    const at = this.placeOf(other);
    if (at === undefined) return undefined;
    return at.file === this.placeOf(about)?.file ? `line ${at.line}` : `${at.file}:${at.line}`;
  }

  complain({ code, message, about, field, hint, severity, envoy }: Complaint): void {
    const at = this.placeOf(about, field) as Position;
    const base = this.provenance.path(about) ?? '';
    const path = field === undefined ? base : `${base}.${field}`;
    this.#decode.report({ code, message, hint, severity, envoy, at, path });
  }
}

const keyOf = ({ file, line, column }: Position) => `${line}:${column}:${file}`;

/** The message that control decoded into an `Any`, if it is of that type. */
export function configOf<T extends { $typeName: string }>(
  any: Any | undefined,
  typeName: T['$typeName'],
): T | undefined {
  if (any === undefined || typeNameOf(any) !== typeName) return undefined;
  const schema = schemaRegistry().getMessage(typeName);
  return schema === undefined ? undefined : (unpackAny(schema, any) as unknown as T);
}
