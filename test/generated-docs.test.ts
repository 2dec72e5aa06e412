import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { generatedPages } from '../scripts/docs/generated-pages.ts';
import { CODE_ENTRIES } from '../src/control/config/index.ts';
import { schemaMessage } from '../src/control/config/schema-registry.ts';
import { NEWER_FIELDS } from '../src/control/config/support/newer-fields.ts';
import { SUPPORT } from '../src/control/config/support/support-table.ts';
import { ISTIO_CODE_ENTRIES } from '../src/control/istio/index.ts';
import { REALM_CODE_ENTRIES } from '../src/server/issuer/index.ts';

const src = join(import.meta.dirname, '..', 'src');
const sources = (pattern: string) =>
  globSync(pattern, { cwd: src })
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(src, file), 'utf8'))
    .join('\n');

describe('generated pages', () => {
  for (const { path, render } of generatedPages) {
    it(`${basename(path)} is what \`node scripts/docs/main.ts\` writes`, () => {
      assert.equal(readFileSync(path, 'utf8'), render());
    });
  }
});

describe('the table of codes', () => {
  const known = new Set(Object.keys({ ...CODE_ENTRIES, ...ISTIO_CODE_ENTRIES, ...REALM_CODE_ENTRIES }));
  it('has an entry for every code that a source names', () => {
    const named = new Set(
      sources('{control,proxy,server}/**/*.ts').match(/(?<=')(?:[EW]\d{3}|L\d{2})(?=')/g),
    );
    assert.deepEqual(
      [...named].filter((code) => !known.has(code)),
      [],
    );
  });
});

describe('the fields that only a newer Envoy has', () => {
  for (const [typeName, { refused = '', noEffect = '', upkeep = '' }] of Object.entries(NEWER_FIELDS)) {
    it(`${typeName}: are not in the schema, and the message is one that is done`, () => {
      const ours = new Set(schemaMessage(typeName).fields.map(({ name }) => name));
      assert.deepEqual(
        `${refused} ${noEffect} ${upkeep}`.split(' ').filter((name) => ours.has(name)),
        [],
      );
      assert.ok(SUPPORT[typeName]);
    });
  }
});

describe('the support table', () => {
  const text = sources('{core,proxy,server,control/config}/**/*.ts').replaceAll(/done:\s*'[^']*'/g, '');
  for (const [typeName, support] of Object.entries(SUPPORT)) {
    const desc = schemaMessage(typeName);
    const listed = [support.done, support.noEffect ?? ''].flatMap((list) => list.split(' ')).filter(Boolean);
    it(`${typeName}: names fields that exist, each once`, () => {
      const fields = new Set(['*', ...desc.fields.map(({ name }) => name)]);
      assert.deepEqual(
        listed.filter((name) => !fields.has(name)),
        [],
      );
      assert.equal(new Set(listed).size, listed.length);
    });
    it(`${typeName}: every field that is done is read somewhere`, () => {
      const unread = support.done
        .split(' ')
        .map((name) => desc.fields.find((field) => field.name === name))
        .filter((field) => field !== undefined && !new RegExp(`\\b${field.localName}\\b`).test(text))
        .map((field) => field?.name);
      assert.deepEqual(
        unread.filter((name) => !HANDLED_BY_SHAPE.has(name ?? '')),
        [],
      );
    });
  }
});

/** Done by what is not there to be read: the one codec, the one version of an API, TLS hellos that Node reads, presence that switches nothing. */
const HANDLED_BY_SHAPE = new Set([
  'codec_type',
  'transport_api_version',
  'listener_filters',
  'is_optional',
  'google_re2',
  'http_protocol_options',
  'cluster_name',
]);
