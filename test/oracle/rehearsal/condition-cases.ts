import { createTokenSigner, EXPIRES_LATE } from '../../e2e/token-signer.ts';
import { type Case, jwtAuthn, rbac, type Scene } from './scene.ts';

const signer = createTokenSigner('ES256');
const token = signer.sign({
  iss: 'i',
  sub: 'alice',
  exp: EXPIRES_LATE,
  groups: ['dev', 'ops'],
  level: 3,
  half: 0.5,
  admin: true,
  nothing: null,
  nested: { role: 'é' },
});

const text = (string_value: string) => ({ const_expr: { string_value } });
const int = (int64_value: number) => ({ const_expr: { int64_value: String(int64_value) } });
const bool = (bool_value: boolean) => ({ const_expr: { bool_value } });
const nothing = { const_expr: { null_value: 'NULL_VALUE' } };
const id = (name: string) => ({ ident_expr: { name } });
const select = (operand: object, field: string) => ({ select_expr: { operand, field } });
const has = (operand: object, field: string) => ({ select_expr: { operand, field, test_only: true } });
const call = (name: string, ...args: object[]) => ({ call_expr: { function: name, args } });
const on = (target: object, name: string, ...args: object[]) => ({
  call_expr: { target, function: name, args },
});
const list = (...elements: object[]) => ({ list_expr: { elements } });
const is = (a: object, b: object) => call('_==_', a, b);
const at = (a: object, b: object) => call('_[_]', a, b);

const request = (field: string) => select(id('request'), field);
const header = (name: string) => at(request('headers'), text(name));
const payload = at(
  at(select(id('metadata'), 'filter_metadata'), text('envoy.filters.http.jwt_authn')),
  text('payload'),
);
const claim = (name: string) => at(payload, text(name));

/** Each under its own path. */
const CONDITIONS: Record<string, object> = {
  true: bool(true),
  false: bool(false),
  text: text('true'),
  path: is(request('path'), text('/path?q=1')),
  'url-path': is(request('url_path'), text('/url-path')),
  query: is(request('query'), text('q=1')),
  host: is(request('host'), text('host.test')),
  method: is(request('method'), text('GET')),
  scheme: is(request('scheme'), text('http')),
  header: is(header('x-a'), text('1')),
  'header-case': is(header('X-A'), text('1')),
  'header-joined': is(header('x-a'), text('1,2')),
  'header-pseudo': is(header(':method'), text('GET')),
  'header-differs': call('_!=_', header('x-a'), text('1')),
  'header-in': call('@in', text('x-a'), request('headers')),
  'has-header': has(request('headers'), 'x-a'),
  'has-referer': has(id('request'), 'referer'),
  'has-missing': has(payload, 'missing'),
  'has-sub': has(payload, 'sub'),
  sub: is(claim('sub'), text('alice')),
  'sub-select': is(select(payload, 'sub'), text('alice')),
  'sub-list': call('@in', claim('sub'), list(text('bob'), text('alice'))),
  groups: call('@in', text('ops'), claim('groups')),
  'groups-at': is(at(claim('groups'), int(0)), text('dev')),
  'groups-size': is(call('size', claim('groups')), int(2)),
  level: is(claim('level'), int(3)),
  'level-above': call('_>_', claim('level'), int(2)),
  'level-at-most': call('_<=_', int(4), claim('level')),
  half: call('_<_', claim('half'), int(1)),
  admin: claim('admin'),
  'not-admin': call('!_', claim('admin')),
  null: is(claim('nothing'), nothing),
  'null-or-text': is(claim('nothing'), text('')),
  nested: is(at(claim('nested'), text('role')), text('é')),
  'nested-size': is(call('size', at(claim('nested'), text('role'))), int(1)),
  'other-types': is(claim('sub'), int(1)),
  'other-types-differ': call('_!=_', claim('sub'), int(1)),
  'and-missing': call('_&&_', is(claim('missing'), text('x')), bool(false)),
  'or-missing': call('_||_', is(claim('missing'), text('x')), bool(true)),
  'or-missing-false': call('_||_', is(claim('missing'), text('x')), bool(false)),
  'not-missing': call('!_', is(claim('missing'), text('x'))),
  'and-type': call('_&&_', text('x'), bool(true)),
  choice: call('_?_:_', claim('admin'), bool(true), is(claim('missing'), text('x'))),
  'choice-missing': call('_?_:_', is(claim('missing'), text('x')), bool(true), bool(true)),
  starts: on(request('path'), 'startsWith', text('/starts')),
  ends: on(claim('sub'), 'endsWith', text('ce')),
  contains: on(claim('sub'), 'contains', text('lic')),
  'text-below': call('_<_', claim('sub'), text('bob')),
  'mixed-below': call('_<_', claim('sub'), int(1)),
  'lists-equal': is(claim('groups'), list(text('dev'), text('ops'))),
  'lists-unequal': is(claim('groups'), list(text('dev'))),
  'in-text': call('@in', text('a'), claim('sub')),
};

const conditions: Scene = {
  name: 'conditions',
  filters: [
    jwtAuthn({
      providers: {
        p: { issuer: 'i', payload_in_metadata: 'payload', local_jwks: { inline_string: signer.jwks } },
      },
      rules: [{ match: { prefix: '/' }, requires: { allow_missing: {} } }],
    }),
    rbac({
      rules: {
        action: 'ALLOW',
        policies: Object.fromEntries(
          Object.entries(CONDITIONS).map(([path, condition]) => [
            path,
            {
              permissions: [{ url_path: { path: { exact: `/${path}` } } }],
              principals: [{ any: true }],
              condition,
            },
          ]),
        ),
      },
    }),
  ],
};

const SENT: Record<string, readonly (readonly [string, string])[]> = {
  nothing: [],
  'a token': [['authorization', `Bearer ${token}`]],
  'a header': [
    ['x-a', '1'],
    ['referer', 'r'],
  ],
  'a header twice': [
    ['x-a', '1'],
    ['x-a', '2'],
  ],
};

export const conditionScenes: readonly Scene[] = [conditions];
export const conditionCases: readonly Case[] = Object.keys(CONDITIONS).flatMap((path) =>
  Object.entries(SENT).flatMap(([name, headers]) =>
    ['', '?q=1'].map((query) => ({
      name: `${path}${query}, ${name}`,
      scene: conditions.name,
      request: { path: `/${path}${query}`, headers },
    })),
  ),
);
