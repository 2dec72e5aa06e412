import type { DescEnum, DescField, DescFile, DescMessage, DescOneof, FileRegistry } from '@bufbuild/protobuf';
import type { Described, DescribedFile, DescribedMessage } from './described-types.ts';
import { MadeEnumValue, MadeField, MadeOneof, WithoutProto } from './made-fields.ts';

/** Whom a type asks for what is written of it, and for the types that it refers to. */
export interface Types extends Pick<FileRegistry, 'getFile' | 'getMessage' | 'getEnum'> {
  describe<Kind extends keyof Described>(kind: Kind, name: string): Described[Kind];
}

export class LazyFile extends WithoutProto implements DescFile {
  readonly kind = 'file';
  readonly name: string;
  readonly extensions: never[] = [];
  /** Nobody calls a service here. */
  readonly services: never[] = [];
  readonly #path: string;
  readonly #types: Types;
  #described: DescribedFile | undefined;

  constructor(path: string, types: Types) {
    super();
    this.name = path.replace(/\.proto$/, '');
    this.#path = path;
    this.#types = types;
  }

  get edition(): DescFile['edition'] {
    return this.#look().edition;
  }

  get deprecated(): boolean {
    return this.#look().deprecated;
  }

  get dependencies(): DescFile[] {
    return this.#look().dependencies.map((path) => this.#types.getFile(path) as DescFile);
  }

  get messages(): DescMessage[] {
    return messagesOf(this.#look(), this.#types);
  }

  get enums(): DescEnum[] {
    return enumsOf(this.#look(), this.#types);
  }

  override toString(): string {
    return `file ${this.#path}`;
  }

  #look(): DescribedFile {
    this.#described ??= this.#types.describe('files', this.#path);
    return this.#described;
  }
}

abstract class LazyType<Kind extends 'messages' | 'enums'> extends WithoutProto {
  readonly name: string;
  readonly typeName: string;
  protected readonly types: Types;
  readonly #kind: Kind;
  #described: Described[Kind] | undefined;

  constructor(kind: Kind, typeName: string, types: Types) {
    super();
    this.name = typeName.slice(typeName.lastIndexOf('.') + 1);
    this.typeName = typeName;
    this.types = types;
    this.#kind = kind;
  }

  get file(): DescFile {
    return this.types.getFile(this.look().file) as DescFile;
  }

  get parent(): DescMessage | undefined {
    const { parent } = this.look();
    return parent === undefined ? undefined : this.types.getMessage(parent);
  }

  get deprecated(): boolean {
    return this.look().deprecated;
  }

  protected look(): Described[Kind] {
    this.#described ??= this.types.describe(this.#kind, this.typeName);
    return this.#described;
  }
}

export class LazyMessage extends LazyType<'messages'> implements DescMessage {
  readonly kind = 'message';
  readonly nestedExtensions: never[] = [];
  #made: MadeMessage | undefined;

  constructor(typeName: string, types: Types) {
    super('messages', typeName, types);
  }

  get nestedMessages(): DescMessage[] {
    return messagesOf(this.look(), this.types);
  }

  get nestedEnums(): DescEnum[] {
    return enumsOf(this.look(), this.types);
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

  override toString(): string {
    return `message ${this.typeName}`;
  }

  #make(): MadeMessage {
    this.#made ??= makeMessage(this, this.look(), this.types);
    return this.#made;
  }
}

type MadeMessage = Pick<DescMessage, 'fields' | 'field' | 'oneofs' | 'members'>;

function makeMessage(parent: LazyMessage, described: DescribedMessage, types: Types): MadeMessage {
  const oneofs = described.oneofs.map((one) => new MadeOneof(one, parent));
  const fields = described.fields.map((one) => new MadeField(one, parent, oneofs, types) as DescField);
  for (const field of fields) (field.oneof as MadeOneof | undefined)?.fields.push(field);
  return {
    fields,
    field: Object.fromEntries(fields.map((field) => [field.localName, field])),
    oneofs,
    members: [...new Set(fields.map((field) => field.oneof ?? field))],
  };
}

export class LazyEnum extends LazyType<'enums'> implements DescEnum {
  readonly kind = 'enum';
  #values: DescEnum['values'] | undefined;
  #byNumber: DescEnum['value'] | undefined;

  constructor(typeName: string, types: Types) {
    super('enums', typeName, types);
  }

  get open(): boolean {
    return this.look().open;
  }

  get sharedPrefix(): string | undefined {
    return this.look().sharedPrefix;
  }

  get values(): DescEnum['values'] {
    this.#values ??= this.look().values.map((value) => new MadeEnumValue(value, this));
    return this.#values;
  }

  /** By number; of aliases the first one declared. */
  get value(): DescEnum['value'] {
    this.#byNumber ??= Object.fromEntries(this.values.toReversed().map((value) => [value.number, value]));
    return this.#byNumber;
  }

  override toString(): string {
    return `enum ${this.typeName}`;
  }
}

const messagesOf = ({ messages }: { messages: string[] }, types: Types) =>
  messages.map((name) => types.getMessage(name) as DescMessage);

const enumsOf = ({ enums }: { enums: string[] }, types: Types) =>
  enums.map((name) => types.getEnum(name) as DescEnum);
