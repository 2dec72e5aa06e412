import type { DescEnum, DescField, DescMessage, DescOneof, JsonObject } from '@bufbuild/protobuf';
import type {
  DescribedEnum,
  DescribedField,
  DescribedOneof,
  ListField,
  MapField,
} from './described-types.ts';
import type { Types } from './lazy-types.ts';

/** The descriptor protos stay behind when the schema is made: all that is asked of them is written with the types. */
export abstract class WithoutProto {
  get proto(): never {
    throw new Error(`${this} is kept without its proto`);
  }
}

export class MadeOneof extends WithoutProto implements DescOneof {
  readonly kind = 'oneof';
  readonly name: string;
  readonly localName: string;
  readonly parent: DescMessage;
  readonly fields: DescField[] = [];
  readonly deprecated = false;
  /** The option `validate.required`. */
  readonly required: boolean;

  constructor({ name, localName, required }: DescribedOneof, parent: DescMessage) {
    super();
    this.name = name;
    this.localName = localName;
    this.parent = parent;
    this.required = required;
  }

  override toString(): string {
    return `oneof ${this.parent.typeName}.${this.name}`;
  }
}

type EnumValue = DescEnum['values'][number];

export class MadeEnumValue extends WithoutProto implements EnumValue {
  readonly kind = 'enum_value';
  readonly name: string;
  readonly localName: string;
  readonly jsonName: string;
  readonly number: number;
  readonly parent: DescEnum;
  readonly deprecated: boolean;

  constructor(described: DescribedEnum['values'][number], parent: DescEnum) {
    super();
    this.name = described.name;
    this.localName = described.localName;
    this.jsonName = described.jsonName;
    this.number = described.number;
    this.parent = parent;
    this.deprecated = described.deprecated;
  }

  override toString(): string {
    return `enum value ${this.parent.typeName}.${this.name}`;
  }
}

/** A field of whichever kind: what the kinds do not share is undefined, as in the library's own. */
export class MadeField extends WithoutProto {
  readonly kind = 'field';
  readonly name: string;
  readonly number: number;
  readonly localName: string;
  readonly jsonName: string;
  readonly deprecated: boolean;
  readonly parent: DescMessage;
  readonly oneof: DescOneof | undefined;
  readonly fieldKind: DescField['fieldKind'];
  readonly presence: DescField['presence'];
  readonly utf8Validation: boolean;
  readonly scalar: DescField['scalar'];
  readonly message: DescMessage | undefined;
  readonly enum: DescEnum | undefined;
  readonly listKind: ListField['listKind'] | undefined;
  readonly mapKind: MapField['mapKind'] | undefined;
  readonly mapKey: MapField['mapKey'] | undefined;
  readonly delimitedEncoding: boolean | undefined;
  readonly packed: boolean | undefined;
  readonly longAsString: boolean;
  readonly getDefaultValue: (() => number | boolean | undefined) | undefined;
  /** The option `validate.rules` in protobuf's JSON. */
  readonly rules: JsonObject | undefined;

  constructor(described: DescribedField, parent: DescMessage, oneofs: readonly DescOneof[], types: Types) {
    super();
    this.name = described.name;
    this.number = described.number;
    this.localName = described.localName;
    this.jsonName = described.jsonName;
    this.deprecated = described.deprecated === true;
    this.parent = parent;
    this.oneof = described.oneof === undefined ? undefined : oneofs[described.oneof];
    this.fieldKind = described.fieldKind;
    this.presence = described.presence;
    this.utf8Validation = described.utf8Validation === true;
    this.scalar = described.scalar;
    this.message = described.message === undefined ? undefined : types.getMessage(described.message);
    this.enum = described.enum === undefined ? undefined : types.getEnum(described.enum);
    this.listKind = described.listKind;
    this.mapKind = described.mapKind;
    this.mapKey = described.mapKey;
    const isDelimited = described.delimitedEncoding === true;
    this.delimitedEncoding = this.message || this.mapKind ? isDelimited : undefined;
    this.packed = this.listKind && described.packed === true;
    this.longAsString = described.longAsString === true;
    const isSingular = described.fieldKind !== 'list' && described.fieldKind !== 'map';
    this.getDefaultValue = isSingular ? () => described.default : undefined;
    this.rules = described.rules;
  }

  override toString(): string {
    return `field ${this.parent.typeName}.${this.name}`;
  }
}

/** The option `validate.rules` of a field in protobuf's JSON. */
export const rulesOf = (field: object): JsonObject | undefined =>
  field instanceof MadeField ? field.rules : undefined;

/** The option `validate.required` of a oneof. */
export const isRequired = (oneof: object): boolean => oneof instanceof MadeOneof && oneof.required;
