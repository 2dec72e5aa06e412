import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadRealm } from './load-realm.ts';

const example = join(import.meta.dirname, '../../../examples/01-front-proxy/realm-funnel.json');

const yaml = (text: string) => loadRealm({ name: 'realm.yaml', text });

const CASES = [
  {
    name: 'a field that is not known, with the one that was meant',
    text: 'realm: r\nclients:\n- clientId: c\n  publicCilent: true\n',
    want: ['4:3 error unknown field `publicCilent` in Client; did you mean `publicClient`?'],
  },
  {
    name: 'two errors at once',
    text: 'realm: r\nenabled: maybe\nrefreshTokenMaxReuse: x\n',
    want: [/^2:10 error /, /^3:23 error /],
  },
  {
    name: 'a reference that leads nowhere, at its own place',
    text: 'realm: r\nclients:\n- clientId: c\n  publicClient: true\n  defaultClientScopes:\n  - basic\n  - funel\n',
    want: [/^5:\d+ warning there is no client scope `funel`/],
  },
  {
    name: 'a password that cannot be used, without what it is',
    text: 'realm: r\nusers:\n- username: u\n  credentials:\n  - {type: password, value: 12345}\n',
    want: ['5:29 error a string is expected here; put it into quotes'],
  },
  {
    name: 'a protection that is not given',
    text: 'realm: r\nbruteForceProtected: true\n',
    want: [/^2:22 warning brute-force protection is not there yet/],
  },
  { name: 'no realm name', text: 'enabled: true\n', want: [/^1:1 error `` cannot be a realm's name/] },
];

describe('a realm file is read with every fault in its place:', () => {
  for (const { name, text, want } of CASES) {
    it(name, async () => {
      const { findings } = await yaml(text);
      const lines = findings.map(
        ({ at, severity, message, hint }) =>
          `${at?.line}:${at?.column} ${severity} ${message}${hint === undefined ? '' : `; ${hint}`}`,
      );
      assert.equal(lines.length, want.length, lines.join('\n'));
      for (const [index, line] of lines.entries()) {
        const expected = want[index] as string | RegExp;
        if (typeof expected === 'string') assert.equal(line, expected);
        else assert.match(line, expected);
      }
    });
  }

  it('the example has none', async () => {
    const { realm, findings } = await loadRealm({
      name: 'realm-funnel.json',
      text: readFileSync(example, 'utf8'),
    });
    assert.deepEqual(findings, []);
    assert.deepEqual(
      [...(realm?.clients.keys() ?? [])],
      ['service', 'reader', 'a-train-ticket', 'b-train-ticket', 'machine'],
    );
  });

  it('YAML says the same as JSON', async () => {
    const { realm } = await yaml(
      'realm: r\nroles:\n  client:\n    shop: [{name: boss, composites: {client: {till: [open]}}}]\nusers:\n- username: u\n  clientRoles: {shop: [boss]}\n  attributes: {a: [u, v], b: w}\n',
    );
    const user = realm?.users.byLogin('u');
    assert.deepEqual([...(user?.roles.clients.get('till') ?? [])], ['open']);
    assert.deepEqual(user?.attributes, { a: ['u', 'v'], b: ['w'] });
  });

  it('what is no mapping is no realm', async () => {
    const { realm, findings } = await yaml('- a\n');
    assert.equal(realm, null);
    assert.equal(findings.length, 1);
  });
});
