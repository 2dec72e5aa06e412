import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  createFileRegistry,
  type DescEnum,
  type DescExtension,
  type DescField,
  type DescMessage,
  type DescOneof,
  fromBinary,
} from '@bufbuild/protobuf';
import { nestedTypes } from '@bufbuild/protobuf/reflect';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { LazyRegistry } from '../scripts/schema/runtime/lazy-registry.ts';
import { scanDescriptorSet } from '../scripts/schema/runtime/scan-descriptors.ts';

const set = readFileSync(join(import.meta.dirname, '..', 'schema', 'descriptors.binpb'));
const whole = createFileRegistry(fromBinary(FileDescriptorSetSchema, set));
const lazy = new LazyRegistry(set, scanDescriptorSet(set));

type Desc = DescMessage | DescEnum | DescExtension | DescField | DescOneof;

/** A descriptor as plain values: what it refers to by name, what it consists of in full. */
function flat(desc: Desc): object {
  const { kind, name, deprecated, proto } = desc;
  const common = { kind, name, deprecated, proto, text: desc.toString(), parent: desc.parent?.toString() };
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
        values: desc.values.map((value) => ({ ...value, parent: value.parent.typeName, toString: null })),
        byNumber: Object.keys(desc.value),
      };
    case 'oneof':
      return { ...common, localName: desc.localName, fields: desc.fields.map(String) };
    default: {
      const refersTo = [desc.message, desc.enum, desc.oneof].map(String);
      const extendee = desc.kind === 'extension' ? [desc.extendee.typeName, desc.file.name] : [];
      const value = 'getDefaultValue' in desc ? desc.getDefaultValue?.() : undefined;
      const parts = { parent: null, message: null, enum: null, oneof: null, extendee: null, file: null };
      const functions = { toString: null, getDefaultValue: null };
      return { ...desc, ...parts, ...functions, ...common, refersTo, extendee, value };
    }
  }
}

describe('the registry that makes descriptors when they are looked into', () => {
  it('has the files of the whole one, in its order', () => {
    const names = (files: Iterable<{ name: string }>) => [...files].map(({ name }) => name);
    assert.deepEqual(names(lazy.files), names(whole.files));
    for (const file of whole.files) {
      const { proto, dependencies } = lazy.getFile(file.proto.name) ?? assert.fail(file.name);
      assert.deepEqual(proto, file.proto);
      assert.deepEqual(names(dependencies), names(file.dependencies));
    }
  });
  it('holds the same types in the same order', () => {
    const names = [...whole.files].flatMap((file) => [...nestedTypes(file)].map(({ typeName }) => typeName));
    assert.deepEqual(
      [...lazy].map(({ typeName }) => typeName),
      names,
    );
  });
  it('makes each message, enum and extension as the whole one has it', () => {
    for (const type of whole) {
      assert.ok(type.kind !== 'service', `${type.typeName} is a service, and nobody calls those`);
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
  it('finds extensions by whom they extend', () => {
    const rules = lazy.getExtension('validate.rules') ?? assert.fail();
    assert.equal(lazy.getExtensionFor(rules.extendee, rules.number), rules);
    assert.equal(lazy.getExtensionFor(rules.extendee, 1), undefined);
  });
});
