import { entryOf, type SourceNode, scalarAt } from '../config/index.ts';
import type { Stranger } from './strangers.ts';

/** A Kubernetes Secret. */
export interface Secret {
  document: Stranger;
  namespace: string;
  /** Null for a value that is not base64. */
  values: ReadonlyMap<string, Uint8Array<ArrayBuffer> | null>;
}

/** The Secrets among the documents. */
export class Secrets {
  readonly #byName = new Map<string, Secret[]>();

  constructor(strangers: readonly Stranger[]) {
    for (const document of strangers) {
      const { kind, name, node } = document;
      if (kind !== 'Secret' || scalarAt(node, 'apiVersion') !== 'v1') continue;
      const metadata = entryOf(node, 'metadata')?.value;
      const namespace = (metadata === undefined ? undefined : scalarAt(metadata, 'namespace')) ?? 'default';
      const secret = { document, namespace, values: valuesOf(node) };
      this.#byName.set(name, [...(this.#byName.get(name) ?? []), secret]);
    }
  }

  /** Of two in one namespace the later, as `kubectl apply` leaves it. */
  find(namespace: string, name: string): Secret | undefined {
    return this.#byName.get(name)?.findLast((secret) => secret.namespace === namespace);
  }

  /** Where else there is one of that name. */
  namespacesOf(name: string): string[] {
    return (this.#byName.get(name) ?? []).map(({ namespace }) => namespace);
  }
}

/** `stringData` is merged into `data` and wins, as the API server does it. */
function valuesOf(node: SourceNode): Secret['values'] {
  const values = new Map<string, Uint8Array<ArrayBuffer> | null>();
  for (const [key, text] of textsOf(node, 'data')) values.set(key, decodeBase64(text));
  for (const [key, text] of textsOf(node, 'stringData')) values.set(key, new Uint8Array(Buffer.from(text)));
  return values;
}

function textsOf(node: SourceNode, field: string): [string, string][] {
  const map = entryOf(node, field)?.value;
  if (map?.kind !== 'map') return [];
  return map.entries.flatMap(({ key, value }) => (value.kind === 'scalar' ? [[key, value.text]] : []));
}

/** Line breaks count for nothing, as in Go's decoder. */
function decodeBase64(text: string): Uint8Array<ArrayBuffer> | null {
  const plain = text.replaceAll(/[\r\n]/g, '');
  const isBase64 = plain.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(plain);
  return isBase64 ? new Uint8Array(Buffer.from(plain, 'base64')) : null;
}
