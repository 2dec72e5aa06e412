import type { DescEnum, DescExtension, DescFile, DescMessage, FileRegistry } from '@bufbuild/protobuf';
import { nestedTypes } from '@bufbuild/protobuf/reflect';
import { LazyFile, type LazyMessage } from './lazy-types.ts';
import type { ScannedFile } from './scan-descriptors.ts';

/**
 * A registry of a serialised `google.protobuf.FileDescriptorSet` that makes a descriptor when it is first looked into. A configuration uses
 * a tenth of the messages of Envoy's; to make them all is most of what starting costs.
 */
export class LazyRegistry implements FileRegistry {
  readonly kind = 'registry';
  readonly #files = new Map<string, LazyFile>();
  readonly #messages = new Map<string, DescMessage>();
  readonly #enums = new Map<string, DescEnum>();
  /** The file that declares an extension. */
  readonly #extending = new Map<string, LazyFile>();

  /** @param files what lies where in the set */
  constructor(set: Uint8Array, files: readonly ScannedFile[]) {
    for (const scanned of files) {
      const file = new LazyFile(scanned, set, this);
      this.#files.set(scanned.name, file);
      for (const type of file.enums) this.#enums.set(type.typeName, type);
      for (const message of file.messages) this.#add(message);
      for (const name of file.extensionNames) this.#extending.set(name, file);
    }
  }

  get files(): Iterable<DescFile> {
    return this.#files.values();
  }

  *[Symbol.iterator](): IterableIterator<DescMessage | DescEnum | DescExtension> {
    for (const file of this.#files.values()) {
      for (const type of nestedTypes(file)) if (type.kind !== 'service') yield type;
    }
  }

  get(typeName: string): DescMessage | DescEnum | DescExtension | undefined {
    return this.#messages.get(typeName) ?? this.#enums.get(typeName) ?? this.getExtension(typeName);
  }

  getFile(fileName: string): DescFile | undefined {
    return this.#files.get(fileName);
  }

  getMessage(typeName: string): DescMessage | undefined {
    return this.#messages.get(typeName);
  }

  getEnum(typeName: string): DescEnum | undefined {
    return this.#enums.get(typeName);
  }

  getExtension(typeName: string): DescExtension | undefined {
    return this.#extending.get(typeName)?.extensions.find((type) => type.typeName === typeName);
  }

  getExtensionFor(extendee: DescMessage, number: number): DescExtension | undefined {
    const all = new Set(this.#extending.values()).values().flatMap(({ extensions }) => extensions);
    return all.find((type) => type.extendee.typeName === extendee.typeName && type.number === number);
  }

  getService(): undefined {
    return undefined;
  }

  #add(message: LazyMessage): void {
    this.#messages.set(message.typeName, message);
    for (const type of message.nestedEnums) this.#enums.set(type.typeName, type);
    for (const nested of message.nestedMessages) this.#add(nested);
  }
}
