import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  block,
  bool,
  call,
  id,
  int,
  list,
  map,
  message,
  on,
  select,
  text,
} from '../../../test/fixtures/cel-expression.ts';
import type { RbacSubject } from './condition.ts';
import { compileRbacEngine } from './engine.ts';
import type { ExpressionConfig } from './expression-config.ts';
import type { PolicyConfig } from './rbac-config.ts';

const [ALLOW, DENY] = [0, 1];

const headers = select(id('request'), 'headers');
const header = (name: string) => call('_[_]', headers, text(name));

/** Whether a policy matches whose condition asks for a text by the pattern in the request's header `p`. */
const matches = (action: number, pattern: string) =>
  meets(action, call('matches', text('é'), header('p')), [['p', Buffer.from(pattern).toString('latin1')]]);

/** Messages of a type that nobody knows here, and of one that everybody does. */
const PACKED = new Map([
  ['other', { typeName: 'a.B', content: { case: undefined } }],
  [
    'text',
    { typeName: 'google.protobuf.StringValue', content: { case: 'stringValue' as const, value: 'x' } },
  ],
]);

/** Whether a policy of that condition matches. */
function meets(
  action: number,
  condition: ExpressionConfig,
  lines: [name: string, bytes: string][],
  method = 'GET',
): boolean {
  const policy: PolicyConfig = {
    permissions: [{ rule: { case: 'any', value: true } }],
    principals: [{ identifier: { case: 'any', value: true } }],
    condition,
  };
  const engine = compileRbacEngine(
    { action, policies: { one: policy } },
    {
      refuse: (message) => assert.fail(message),
      remotePeerOf: () => ({ address: '', port: 0 }),
      startMsOf: () => 0,
      pathTemplateOf: () => null,
      upstreamMatcherOf: () => null,
      clientCertificateOf: () => null,
    },
  );
  const subject: RbacSubject = {
    request: {
      method,
      scheme: 'http',
      authority: 'h',
      path: '/',
      headers: { names: lines.map(([name]) => name), values: lines.map(([, bytes]) => bytes) },
    },
    connection: { remoteAddress: '', localAddress: '', localPort: 0, serverName: '', tls: false },
    metadataIfAny: Object.assign(new Map([['n', new Map()]]), { typed: PACKED }),
    progress: {
      startMs: 0,
      clusterName: 'c',
      virtualHost: null,
      cluster: { metadata: null, endpoints: null },
      listener: { metadata: null, direction: 0, chainName: '' },
    },
  };
  assert.ok(engine !== null);
  return engine.match(subject, null) !== null;
}

describe('a condition by a pattern of the request', () => {
  const table = [
    { name: 'that matches', given: '.', want: { allows: true, denies: true } },
    { name: 'that does not match', given: 'x', want: { allows: false, denies: false } },
    { name: 'that is surely too large for Envoy', given: 'a|b{99}', want: { allows: false, denies: false } },
    {
      name: 'whose size is not sure is denied by whoever denies',
      given: '[é-ü][é-ü][é-ü]|.',
      want: { allows: false, denies: true },
    },
    { name: 'that cannot be read', given: '(', want: { allows: false, denies: true } },
    {
      name: 'that stands for a program of many thousand instructions',
      given: `.|${'a{1000}'.repeat(9)}`,
      want: { allows: false, denies: true },
    },
    {
      name: 'whose repetitions are within each other',
      given: '.|(?:(?:ab){30}){30}',
      want: { allows: false, denies: true },
    },
    {
      name: 'that is longer than any that Envoy takes',
      given: `.|[${'a'.repeat(2000)}]`,
      want: { allows: false, denies: true },
    },
  ];
  for (const { name, given, want } of table) {
    it(name, () => {
      assert.deepEqual({ allows: matches(ALLOW, given), denies: matches(DENY, given) }, want);
    });
  }

  it('is in doubt for its own request only', () => {
    assert.equal(matches(DENY, '('), true);
    assert.equal(matches(DENY, 'a|b{99}'), false);
  });
});

describe('a condition that looks for what a pattern captures', () => {
  const captured = (pattern: ExpressionConfig) =>
    call('_==_', call('re.capture', text('é'), pattern), text('é'));
  const table = [
    { name: 'that is written and matches', given: text('(.)'), want: [true, true] },
    { name: 'that is written and lacks a parenthesis', given: text('('), want: [false, false] },
    { name: 'that is written and has one too many', given: text('(.))'), want: [false, false] },
    { name: 'that is written and lacks a bracket', given: text('([^]'), want: [false, false] },
    { name: 'that is written and ends amid an escape', given: text('(.)\\'), want: [false, false] },
    { name: 'that is written and only RE2 may read', given: text('(\\C\\C)'), want: [false, true] },
    { name: 'that a client breaks off', given: header('p'), want: [false, true] },
  ];
  for (const { name, given, want } of table) {
    it(name, () => {
      assert.deepEqual(
        [ALLOW, DENY].map((action) => meets(action, captured(given), [['p', '(']])),
        want,
      );
    });
  }
});

describe('a condition that asks for a written pattern in what is no text', () => {
  const truth = bool(true);
  const noText = call('_?_:_', truth, headers, truth);
  const ofNoText = call('matches', noText, text('a'));
  const table = [
    { name: 'does not hold, whatever the rest says', given: call('_||_', ofNoText, truth), want: false },
    {
      name: 'ends nothing where it is known before requests come',
      given: call('_||_', call('matches', call('-_', truth), text('a')), truth),
      want: true,
    },
    { name: 'holds where nothing comes to it', given: call('_||_', truth, ofNoText), want: true },
    {
      name: 'does not hold for a missing header',
      given: call('_||_', call('matches', header('x'), text('a')), truth),
      want: false,
    },
    {
      name: 'does not hold where what is not false will do',
      given: call('@not_strictly_false', ofNoText),
      want: false,
    },
    {
      name: 'goes on by a pattern of the request',
      given: call('_||_', call('matches', noText, header('p')), truth),
      want: true,
    },
  ];
  for (const { name, given, want } of table) {
    it(name, () => {
      assert.deepEqual(
        [ALLOW, DENY].map((action) => meets(action, given, [['p', 'a']])),
        [want, want],
      );
    });
  }
});

describe('a condition on how much has come of a connection', () => {
  it('is in doubt before there is a request', () => {
    const size = select(id('request'), 'size');
    const given = call('_==_', size, size);
    assert.deepEqual(
      [ALLOW, DENY].map((action) => meets(action, given, [])),
      [true, true],
    );
    assert.deepEqual(
      [ALLOW, DENY].map((action) => meets(action, given, [], '')),
      [false, true],
    );
  });
});

describe('a condition on maps of which some members are unlike and some cannot be compared', () => {
  it('is in doubt, for Envoy ends at the first of them in no order', () => {
    const one = int(1n);
    const namespaces = select(id('metadata'), 'filter_metadata');
    const given = call(
      '_!=_',
      map([text('a'), one], [text('b'), map([one, one])]),
      map([text('a'), text('x')], [text('b'), namespaces]),
    );
    assert.deepEqual(
      [ALLOW, DENY].map((action) => meets(action, given, [])),
      [false, true],
    );
  });
});

describe('a condition on a header that is not UTF-8', () => {
  const table = [
    { name: 'tells bytes apart', given: call('_==_', header('a'), header('b')), want: [false, false] },
    { name: 'tells that they differ', given: call('_!=_', header('a'), header('b')), want: [true, true] },
    { name: 'orders them', given: call('_<_', header('b'), header('a')), want: [true, true] },
    {
      name: 'finds no replacement character',
      given: call('contains', header('a'), text('\ufffd')),
      want: [false, false],
    },
    {
      name: 'finds a part of a character',
      given: call('contains', header('c'), header('d')),
      want: [true, true],
    },
    {
      name: 'is in doubt by a pattern that is written out',
      given: call('matches', header('a'), text('^.$')),
      want: [false, true],
    },
    {
      name: 'is in doubt by a pattern of the request',
      given: call('matches', header('a'), header('c')),
      want: [false, true],
    },
    {
      name: 'is in doubt where what is not false will do',
      given: call('@not_strictly_false', call('matches', header('a'), text('^.$'))),
      want: [false, true],
    },
    {
      name: 'is in doubt by what is captured',
      given: call('_==_', call('re.capture', header('a'), text('(.)')), header('a')),
      want: [false, true],
    },
  ];
  for (const { name, given, want } of table) {
    it(name, () => {
      const lines: [string, string][] = [
        ['a', '\xff'],
        ['b', '\xfe'],
        ['c', '\xc3\xa9'],
        ['d', '\xc3'],
      ];
      assert.deepEqual([meets(ALLOW, given, lines), meets(DENY, given, lines)], want);
    });
  }
});

describe('a condition on a message of another type', () => {
  const typed = select(id('metadata'), 'typed_filter_metadata');
  const other = select(typed, 'other');
  const endpoints = select(id('upstream'), 'num_endpoints');
  const empty = message('google.protobuf.Empty');
  const table = [
    { name: 'knows that it is there', given: select(typed, 'other', true), want: [true, true] },
    { name: 'knows others', given: call('_==_', select(typed, 'text'), text('x')), want: [true, true] },
    {
      name: 'is in doubt about its fields',
      given: call('_==_', select(other, 'f'), text('x')),
      want: [false, true],
    },
    { name: 'is in doubt whether it has one', given: select(other, 'f', true), want: [false, true] },
    { name: 'is in doubt whether it is like itself', given: call('_==_', other, other), want: [false, true] },
    {
      name: 'is in doubt whether a list has it',
      given: call('@in', other, list(other)),
      want: [false, true],
    },
    {
      name: 'is in doubt where a list may have it',
      given: call('!_', call('@in', other, list(other))),
      want: [false, true],
    },
    {
      name: 'tells it from messages of other types',
      given: call('_!=_', other, empty),
      want: [true, true],
    },
    { name: 'tells it from what is no message', given: call('_!=_', other, text('x')), want: [true, true] },
    {
      name: 'is in doubt about what DNS says',
      given: call('_==_', endpoints, endpoints),
      want: [false, true],
    },
    {
      name: 'knows that DNS says something',
      given: select(id('upstream'), 'num_endpoints', true),
      want: [true, true],
    },
  ];
  for (const { name, given, want } of table) {
    it(name, () => assert.deepEqual([meets(ALLOW, given, []), meets(DENY, given, [])], want));
  }
});

describe('a written pattern that meets what is no text', () => {
  const one = int(1n);
  const path = select(id('request'), 'path');
  const extract = on(id('re'), 'extract', text('foo'), text('z'), text('x'));
  const table = [
    { name: 'ends nothing where it is made of constants', given: map([text('a'), one]), want: true },
    { name: 'ends nothing where a function of constants has a fault', given: extract, want: true },
    { name: 'ends the evaluation where a key comes with the request', given: map([path, one]), want: false },
    {
      name: 'ends the evaluation where it was set apart',
      given: block(one),
      want: false,
    },
  ];
  for (const { name, given, want } of table) {
    it(name, () => {
      const condition = call('_||_', call('matches', given, text('a')), bool(true));
      assert.equal(meets(ALLOW, condition, []), want);
    });
  }
});
