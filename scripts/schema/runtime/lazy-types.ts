import {
  create,
  createFileRegistry,
  type DescEnum,
  type DescExtension,
  type DescField,
  type DescFile,
  type DescMessage,
  type DescOneof,
  type FileRegistry,
  fromBinary,
} from '@bufbuild/protobuf';
import {
  type DescriptorProto,
  DescriptorProtoSchema,
  EnumDescriptorProtoSchema,
  FieldDescriptorProtoSchema,
  FileDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import type { ScannedFile, ScannedMessage, ScannedType } from './scan-descriptors.ts';

type Writable<T> = { -readonly [key in keyof T]: T[key] };
type Types = Pick<FileRegistry, 'getMessage' | 'getEnum' | 'getFile'>;

/**
 * A file whose types are made when they are asked for. The descriptors themselves are made by the library, one message or enum at a time:
 * it is given a file that holds nothing else, and that imports lazy types only.
 */
export class LazyFile implements DescFile {
  readonly kind = 'file';
  readonly name: string;
  readonly edition: DescFile['edition'];
  readonly enums: LazyEnum[];
  readonly messages: LazyMessage[];
  /** Nobody calls a service here. */
  readonly services: never[] = [];
  readonly deprecated = false;
  readonly #scanned: ScannedFile;
  readonly #set: Uint8Array;
  readonly #types: Types;
  #proto: DescFile['proto'] | undefined;
  #extensions: DescExtension[] | undefined;

  constructor(scanned: ScannedFile, set: Uint8Array, types: Types) {
    this.#scanned = scanned;
    this.#set = set;
    this.#types = types;
    this.name = scanned.name.replace(/\.proto$/, '');
    this.edition = editionOf(scanned);
    const scope = scanned.package;
    this.enums = scanned.enums.map((type) => new LazyEnum(type, scope, this, undefined));
    this.messages = scanned.messages.map((type) => new LazyMessage(type, scope, this, undefined));
  }

  get proto(): DescFile['proto'] {
    this.#proto ??= fromBinary(FileDescriptorProtoSchema, this.bytesOf(this.#scanned));
    return this.#proto;
  }

  get dependencies(): DescFile[] {
    return this.#scanned.dependencies.flatMap((name) => this.#types.getFile(name) ?? []);
  }

  get extensions(): DescExtension[] {
    this.#extensions ??= this.#makeExtensions();
    return this.#extensions;
  }

  get extensionNames(): string[] {
    return this.#scanned.extensions.map(({ name }) => qualified(this.#scanned.package, name));
  }

  toString(): string {
    return `file ${this.#scanned.name}`;
  }

  /** The serialised descriptor of one of its types. */
  bytesOf({ at, end }: ScannedType): Uint8Array {
    return this.#set.subarray(at, end);
  }

  /** What the library makes of a file with only these descriptors in the scope given. */
  make(scope: string, only: Only): FileRegistry {
    const file = create(FileDescriptorProtoSchema, {
      name: this.#scanned.name,
      package: scope,
      syntax: this.#scanned.syntax,
      dependency: [IMPORTED],
    });
    Object.assign(file, only);
    const fields = [...(only.extension ?? []), ...(only.messageType ?? []).flatMap(fieldsIn)];
    return createFileRegistry(file, () => this.#imported(fields));
  }

  #makeExtensions(): DescExtension[] {
    const protos = this.#scanned.extensions.map((one) =>
      fromBinary(FieldDescriptorProtoSchema, this.bytesOf(one)),
    );
    const made = this.make(this.#scanned.package, { extension: protos });
    return this.extensionNames.map((name) =>
      Object.assign(made.getExtension(name) as DescExtension, { file: this }),
    );
  }

  #imported(fields: readonly { typeName: string; extendee: string }[]): DescFile {
    const names = new Set(fields.flatMap(({ typeName, extendee }) => [typeName, extendee]));
    const messages: DescMessage[] = [];
    const enums: DescEnum[] = [];
    for (const name of names) {
      const message = this.#types.getMessage(name.slice(1));
      if (message !== undefined) messages.push(message);
      const enumeration = this.#types.getEnum(name.slice(1));
      if (enumeration !== undefined) enums.push(enumeration);
    }
    const proto = create(FileDescriptorProtoSchema, { name: IMPORTED });
    const none = { extensions: [], services: [], dependencies: [], deprecated: false };
    return { kind: 'file', name: IMPORTED, edition: this.edition, proto, messages, enums, ...none };
  }
}

const IMPORTED = 'imported.proto';

type Only = Partial<Pick<DescFile['proto'], 'messageType' | 'enumType' | 'extension'>>;

export class LazyMessage implements DescMessage {
  readonly kind = 'message';
  readonly name: string;
  readonly typeName: string;
  readonly file: LazyFile;
  readonly parent: LazyMessage | undefined;
  readonly nestedEnums: LazyEnum[];
  readonly nestedMessages: LazyMessage[];
  readonly nestedExtensions: DescExtension[] = [];
  readonly #scanned: ScannedType;
  readonly #scope: string;
  #proto: DescriptorProto | undefined;
  #made: DescMessage | undefined;

  constructor(scanned: ScannedMessage, scope: string, file: LazyFile, parent: LazyMessage | undefined) {
    this.name = scanned.name;
    this.typeName = qualified(scope, scanned.name);
    this.file = file;
    this.parent = parent;
    this.#scanned = scanned;
    this.#scope = scope;
    this.nestedEnums = scanned.enums.map((type) => new LazyEnum(type, this.typeName, file, this));
    this.nestedMessages = scanned.nested
      .filter(({ isMapEntry }) => !isMapEntry)
      .map((type) => new LazyMessage(type, this.typeName, file, this));
  }

  get proto(): DescriptorProto {
    this.#proto ??= fromBinary(DescriptorProtoSchema, this.file.bytesOf(this.#scanned));
    return this.#proto;
  }

  get deprecated(): boolean {
    return this.proto.options?.deprecated ?? false;
  }

  get fields(): DescField[] {
    return this.#make().fields;
  }

  get field(): Record<string, DescField> {
    return this.#make().field;
  }

  get oneofs(): DescOneof[] {
    return this.#make().oneofs;
  }

  get members(): (DescField | DescOneof)[] {
    return this.#make().members;
  }

  toString(): string {
    return `message ${this.typeName}`;
  }

  #make(): DescMessage {
    if (this.#made !== undefined) return this.#made;
    const entries = this.proto.nestedType.filter(isMapEntry);
    const only: DescriptorProto = { ...this.proto, nestedType: entries, enumType: [] };
    const made = this.file.make(this.#scope, { messageType: [only] }).getMessage(this.typeName);
    if (made === undefined) throw new Error(`no descriptor came of \`${this.typeName}\``);
    for (const field of made.fields as Writable<DescField>[]) {
      field.parent = this;
      if (field.message === made) field.message = this;
    }
    for (const oneof of made.oneofs as Writable<DescOneof>[]) oneof.parent = this;
    this.#made = made;
    return made;
  }
}

export class LazyEnum implements DescEnum {
  readonly kind = 'enum';
  readonly name: string;
  readonly typeName: string;
  readonly file: LazyFile;
  readonly parent: LazyMessage | undefined;
  readonly #scanned: ScannedType;
  readonly #scope: string;
  #made: DescEnum | undefined;

  constructor(scanned: ScannedType, scope: string, file: LazyFile, parent: LazyMessage | undefined) {
    this.name = scanned.name;
    this.typeName = qualified(scope, scanned.name);
    this.file = file;
    this.parent = parent;
    this.#scanned = scanned;
    this.#scope = scope;
  }

  get proto(): DescEnum['proto'] {
    return this.#make().proto;
  }

  get deprecated(): boolean {
    return this.#make().deprecated;
  }

  get open(): boolean {
    return this.#make().open;
  }

  get values(): DescEnum['values'] {
    return this.#make().values;
  }

  get value(): DescEnum['value'] {
    return this.#make().value;
  }

  get sharedPrefix(): string | undefined {
    return this.#make().sharedPrefix;
  }

  toString(): string {
    return `enum ${this.typeName}`;
  }

  #make(): DescEnum {
    if (this.#made !== undefined) return this.#made;
    const proto = fromBinary(EnumDescriptorProtoSchema, this.file.bytesOf(this.#scanned));
    const made = this.file.make(this.#scope, { enumType: [proto] }).getEnum(this.typeName);
    if (made === undefined) throw new Error(`no descriptor came of \`${this.typeName}\``);
    for (const value of made.values) Object.assign(value, { parent: this });
    this.#made = made;
    return made;
  }
}

const isMapEntry = ({ options }: DescriptorProto) => options?.mapEntry === true;

const fieldsIn = (message: DescriptorProto): DescriptorProto['field'] => [
  ...message.field,
  ...message.nestedType.flatMap(fieldsIn),
];

const qualified = (scope: string, name: string) => (scope === '' ? name : `${scope}.${name}`);

/** Values of `google.protobuf.Edition`. */
function editionOf({ name, syntax }: ScannedFile): DescFile['edition'] {
  if (syntax === 'proto3') return 999;
  if (syntax === 'proto2') return 998;
  throw new Error(`${name}: syntax \`${syntax}\` is not expected`);
}
