import { create } from '@bufbuild/protobuf';
import { type DataSource, DataSourceSchema } from '#schema/envoy/config/core/v3/base_pb.js';
import type { Findings } from '../../resources/index.ts';
import { ISTIO_CODES } from './codes.ts';

/** Reads a file that a manifest names; throws when it cannot. */
export type ReadFile = (path: string) => Uint8Array;

/** The files that manifests name: certificates and keys. Their content takes the place of their names. */
export class NamedFiles {
  readonly #readFile: ReadFile;
  readonly #findings: Findings;

  constructor(readFile: ReadFile, findings: Findings) {
    this.#readFile = readFile;
    this.#findings = findings;
  }

  /** @param field proto name of the field of `about` that has the path */
  source(path: string, about: object, field: string): DataSource {
    return create(DataSourceSchema, {
      specifier: { case: 'inlineBytes', value: this.#read(path, about, field) },
    });
  }

  #read(path: string, about: object, field: string): Uint8Array<ArrayBuffer> {
    try {
      return new Uint8Array(this.#readFile(path));
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
      this.#findings.report({
        code: ISTIO_CODES.missingFile,
        severity: 'error',
        message: `\`${path}\` cannot be read (${reason})`,
        hint: 'relative paths start at the working folder',
        envoy: 'accepts',
        about,
        field,
      });
      return new Uint8Array();
    }
  }
}
