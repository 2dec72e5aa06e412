import type { DescEnum, DescFile, DescMessage, FileRegistry } from '@bufbuild/protobuf';
import type { Described, DescribedIndex, TextPlace } from './described-types.ts';
import { LazyEnum, LazyFile, LazyMessage } from './lazy-types.ts';

export { isRequired, rulesOf } from './made-fields.ts';

/**
 * A registry of described types (`scripts/schema/describe-types.ts`) that makes a descriptor when it is first looked into. A configuration
 * uses a tenth of the messages of Envoy's; to make them all is most of what starting costs. It has no extensions: they are options of
 * the schema, and what somebody asks of them is described with the fields.
 */
export class LazyRegistry implements FileRegistry {
  readonly kind = 'registry';
  readonly #text: Buffer;
  readonly #index: DescribedIndex;
  readonly #files = new Map<string, LazyFile>();
  readonly #messages = new Map<string, LazyMessage>();
  readonly #enums = new Map<string, LazyEnum>();

  constructor(text: Buffer, index: DescribedIndex) {
    this.#text = text;
    this.#index = index;
  }

  get files(): Iterable<DescFile> {
    return Object.keys(this.#index.files).map((path) => this.getFile(path) as DescFile);
  }

  *[Symbol.iterator](): IterableIterator<DescMessage | DescEnum> {
    for (const name in this.#index.messages) yield this.getMessage(name) as DescMessage;
    for (const name in this.#index.enums) yield this.getEnum(name) as DescEnum;
  }

  get(typeName: string): DescMessage | DescEnum | undefined {
    return this.getMessage(typeName) ?? this.getEnum(typeName);
  }

  getFile(path: string): DescFile | undefined {
    let file = this.#files.get(path);
    if (file === undefined && Object.hasOwn(this.#index.files, path)) {
      file = new LazyFile(path, this);
      this.#files.set(path, file);
    }
    return file;
  }

  getMessage(typeName: string): DescMessage | undefined {
    let message = this.#messages.get(typeName);
    if (message === undefined && Object.hasOwn(this.#index.messages, typeName)) {
      message = new LazyMessage(typeName, this);
      this.#messages.set(typeName, message);
    }
    return message;
  }

  getEnum(typeName: string): DescEnum | undefined {
    let type = this.#enums.get(typeName);
    if (type === undefined && Object.hasOwn(this.#index.enums, typeName)) {
      type = new LazyEnum(typeName, this);
      this.#enums.set(typeName, type);
    }
    return type;
  }

  /** What is written of a file, message or enum that the index has. */
  describe<Kind extends keyof Described>(kind: Kind, name: string): Described[Kind] {
    const [at, length] = this.#index[kind][name] as TextPlace;
    return JSON.parse(this.#text.toString('utf8', at, at + length));
  }

  getExtension(): undefined {
    return undefined;
  }

  getExtensionFor(): undefined {
    return undefined;
  }

  getService(): undefined {
    return undefined;
  }
}
