import type { DescField, JsonObject, SupportedEdition } from '@bufbuild/protobuf';

/** Where the text that describes a type or a file lies: offset and length in bytes. */
export type TextPlace = readonly [at: number, length: number];

/** What lies where. Types by full name, files by path, each kind in the order of the descriptor set. */
export type DescribedIndex = Record<keyof Described, Record<string, TextPlace>>;

export interface Described {
  files: DescribedFile;
  messages: DescribedMessage;
  enums: DescribedEnum;
}

/** A type is referred to by its full name, a file by its path. What is undefined is left out, of a field what is false, too. */
export interface DescribedFile {
  edition: SupportedEdition;
  dependencies: string[];
  messages: string[];
  enums: string[];
  deprecated: boolean;
}

export interface DescribedMessage {
  file: string;
  parent?: string;
  deprecated: boolean;
  messages: string[];
  enums: string[];
  oneofs: DescribedOneof[];
  fields: DescribedField[];
}

export interface DescribedOneof {
  name: string;
  localName: string;
  /** The option `validate.required`. */
  required: boolean;
}

export type ListField = Extract<DescField, { fieldKind: 'list' }>;
export type MapField = Extract<DescField, { fieldKind: 'map' }>;

export interface DescribedField {
  name: string;
  number: number;
  localName: string;
  jsonName: string;
  fieldKind: DescField['fieldKind'];
  presence: DescField['presence'];
  utf8Validation?: boolean | undefined;
  deprecated?: boolean | undefined;
  scalar?: DescField['scalar'] | undefined;
  message?: string | undefined;
  enum?: string | undefined;
  /** Its place among those of the message. */
  oneof?: number | undefined;
  listKind?: ListField['listKind'] | undefined;
  mapKind?: MapField['mapKind'] | undefined;
  mapKey?: MapField['mapKey'] | undefined;
  delimitedEncoding?: boolean | undefined;
  packed?: boolean | undefined;
  longAsString?: boolean | undefined;
  default?: number | boolean | undefined;
  /** The option `validate.rules` in protobuf's JSON. */
  rules?: JsonObject | undefined;
}

export interface DescribedEnum {
  file: string;
  parent?: string;
  deprecated: boolean;
  open: boolean;
  sharedPrefix?: string;
  values: { name: string; number: number; localName: string; jsonName: string; deprecated: boolean }[];
}
