import { toBinary } from '@bufbuild/protobuf';
import { type MeshConfig, MeshConfigSchema } from '#schema/istio/mesh_pb.js';
import { Provenance } from '../../resources/index.ts';
import type { ReadSource } from './documents.ts';
import { TranslationMemo } from './translation-memo.ts';

/** What was read and translated of a set of files, for when some of them have changed: what has not is not done again. */
export class IstioMemory {
  /** One table for all readings: what is kept keeps its places. */
  readonly provenance = new Provenance();
  readonly sources = new Map<string, ReadSource>();
  #memo = new TranslationMemo();
  #mesh: Buffer | null = null;

  /** Of the translations so far, those that another one under this mesh configuration may use. */
  memoFor(mesh: MeshConfig): TranslationMemo {
    const bytes = Buffer.from(toBinary(MeshConfigSchema, mesh));
    if (this.#mesh?.equals(bytes) === true) this.#memo.turn();
    else this.#memo = new TranslationMemo();
    this.#mesh = bytes;
    return this.#memo;
  }

  /** Forgets the files that are no longer there. */
  keepOnly(names: readonly string[]): void {
    const wanted = new Set(names);
    for (const name of this.sources.keys()) if (!wanted.has(name)) this.sources.delete(name);
  }
}
