import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  createFileRegistry,
  type DescEnum,
  type DescField,
  type DescMessage,
  type DescOneof,
  fromBinary,
  getOption,
  hasOption,
  toJson,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { describeTypes } from '../scripts/schema/describe-types.ts';
import { LazyRegistry } from '../scripts/schema/runtime/lazy-registry.ts';
import type { MadeField, MadeOneof } from '../scripts/schema/runtime/made-fields.ts';

const set = readFileSync(join(import.meta.dirname, '..', 'schema', 'descriptors.binpb'));
const whole = createFileRegistry(fromBinary(FileDescriptorSetSchema, set));
const { text, index } = describeTypes(set);
const lazy = new LazyRegistry(Buffer.from(text), index);

type Desc = DescMessage | DescEnum | DescField | DescOneof;

/** A descriptor as plain values: what it refers to by name, what it consists of in full. */
function flat(desc: Desc): object {
  const { kind, name, deprecated } = desc;
  const common = { kind, name, deprecated, text: desc.toString(), parent: desc.parent?.toString() };
  switch (desc.kind) {
    case 'message':
      return {
        ...common,
        file: desc.file.name,
        edition: desc.file.edition,
        fields: desc.fields.map(flat),
        byName: Object.keys(desc.field),
        members: desc.members.map(String),
        oneofs: desc.oneofs.map(flat),
        nested: [...desc.nestedMessages, ...desc.nestedEnums, ...desc.nestedExtensions].map(String),
      };
    case 'enum':
      return {
        ...common,
        file: desc.file.name,
        open: desc.open,
        sharedPrefix: desc.sharedPrefix,
        values: desc.values.map((value) => ({ ...value, ...NOT_PLAIN, parent: value.parent.typeName })),
        byNumber: Object.entries(desc.value).map(([number, value]) => [number, value.name]),
      };
    case 'oneof':
      return { ...common, localName: desc.localName, fields: desc.fields.map(String) };
    case 'field':
      return { ...flatField(desc), ...common };
  }
}

function flatField(desc: DescField): object {
  const refersTo = [desc.message, desc.enum, desc.oneof].map(String);
  const value = 'getDefaultValue' in desc ? desc.getDefaultValue?.() : undefined;
  const references = { parent: null, message: null, enum: null, oneof: null };
  const functions = { getDefaultValue: null, rules: null };
  return { ...desc, ...NOT_PLAIN, ...references, ...functions, refersTo, value };
}

/** In the library's own these are properties of each descriptor. */
const NOT_PLAIN = { proto: null, toString: null };

describe('the registry that makes descriptors when they are looked into', () => {
  it('has the files of the whole one, in its order', () => {
    const names = (files: Iterable<{ name: string }>) => [...files].map(({ name }) => name);
    assert.deepEqual(names(lazy.files), names(whole.files));
    for (const file of whole.files) {
      const made = lazy.getFile(file.proto.name) ?? assert.fail(file.name);
      assert.deepEqual([made.edition, made.deprecated], [file.edition, file.deprecated]);
      assert.equal(`${made}`, `${file}`);
      assert.deepEqual(names(made.dependencies), names(file.dependencies));
      for (const kind of ['messages', 'enums'] as const)
        assert.deepEqual(names(made[kind]), names(file[kind]));
    }
  });
  it('holds the same messages and enums in the same order', () => {
    const names = (kind: string, types: Iterable<{ kind: string; typeName: string }>) =>
      [...types].filter((type) => type.kind === kind).map(({ typeName }) => typeName);
    for (const kind of ['message', 'enum']) assert.deepEqual(names(kind, lazy), names(kind, whole));
  });
  it('makes each message and enum as the whole one has it', () => {
    for (const type of whole) {
      if (type.kind !== 'message' && type.kind !== 'enum') continue;
      const made = lazy.get(type.typeName) ?? assert.fail(type.typeName);
      assert.deepEqual(flat(made), flat(type));
    }
  });
  it('has one descriptor of each type, whoever refers to it', () => {
    for (const type of lazy) {
      if (type.kind !== 'message') continue;
      for (const field of type.fields) {
        assert.equal(field.parent, type);
        if (field.message) assert.equal(field.message, lazy.getMessage(field.message.typeName));
        if (field.enum) assert.equal(field.enum, lazy.getEnum(field.enum.typeName));
      }
    }
  });
  it('tells the options of validate', () => {
    const rules = whole.getExtension('validate.rules') ?? assert.fail();
    const required = whole.getExtension('validate.required') ?? assert.fail();
    for (const type of whole) {
      if (type.kind !== 'message') continue;
      const made = lazy.getMessage(type.typeName) ?? assert.fail(type.typeName);
      const told = made.fields.map((field) => (field as unknown as MadeField).rules);
      const written = type.fields.map((field) =>
        hasOption(field, rules)
          ? toJson(rules.message ?? assert.fail(), getOption(field, rules) as never)
          : undefined,
      );
      assert.deepEqual(told, written);
      assert.deepEqual(
        made.oneofs.map((oneof) => (oneof as MadeOneof).required),
        type.oneofs.map((oneof) => hasOption(oneof, required) && getOption(oneof, required)),
      );
    }
  });
  it('refuses to tell the proto of a type', () => {
    const message = lazy.getMessage('validate.FieldRules') ?? assert.fail();
    assert.throws(() => message.proto, /message validate.FieldRules is kept without its proto/);
  });
});
