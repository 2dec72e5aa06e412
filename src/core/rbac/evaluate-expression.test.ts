import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  bool,
  call,
  claim,
  constant,
  contextOf,
  double,
  id,
  int,
  list,
  map,
  on,
  outcomeOf,
  select,
  subject,
  text,
  uint,
} from '../../../test/fixtures/cel-expression.ts';
import { compileExpression, type Expression } from './compile-expression.ts';
import { evaluateExpression } from './evaluate-expression.ts';
import type { ExpressionConfig } from './expression-config.ts';
import { FAULT } from './expression-value.ts';

describe('a part of a CEL expression that was set apart', () => {
  it('is evaluated anew for each request', () => {
    const expression = call('cel.@block', list(select(id('request'), 'method')), id('@index0'));
    const compiled = compileExpression(expression, contextOf(assert.fail));
    const other = { ...subject, request: { ...subject.request, method: 'PUT' } };
    assert.deepEqual([outcomeOf(compiled), outcomeOf(compiled, other)], ['GET', 'PUT']);
  });
});

it('of an object of JSON only what is asked for is read', () => {
  const payload = Object.defineProperty({ sub: 'alice' }, 'groups', { get: assert.fail, enumerable: true });
  const metadataIfAny = new Map([['jwt', new Map([['payload', payload]])]]);
  const sub = call('_[_]', claim('payload'), text('sub'));
  const compiled = compileExpression(call('_==_', sub, text('alice')), contextOf(assert.fail)) as Expression;
  assert.equal(evaluateExpression(compiled, { ...subject, metadataIfAny }), 'true');
});

describe('a map with a key twice', () => {
  const one = (key: ExpressionConfig, value = int(1n)): [ExpressionConfig, ExpressionConfig] => [key, value];
  const missing = claim('missing');
  /** As Envoy 1.40 has it. */
  const table: { name: string; pairs: [ExpressionConfig, ExpressionConfig][]; want: string }[] = [
    { name: 'ends all', pairs: [one(int(1n)), one(int(1n))], want: 'fault' },
    {
      name: 'ends all before a bad key',
      pairs: [one(int(1n)), one(int(1n)), one(double(1.5))],
      want: 'fault',
    },
    { name: 'not behind a bad key', pairs: [one(double(1.5)), one(int(1n)), one(int(1n))], want: 'true' },
    {
      name: 'not where a value is a fault',
      pairs: [one(int(1n)), one(int(1n)), one(int(2n), missing)],
      want: 'true',
    },
    { name: 'not where a key is a fault', pairs: [one(int(1n)), one(int(1n)), one(missing)], want: 'true' },
  ];
  for (const { name, pairs, want } of table) {
    it(name, () => {
      const expression = call('_||_', call('@in', int(1n), map(...pairs)), bool(true));
      const compiled = compileExpression(expression, contextOf(assert.fail)) as Expression;
      assert.equal(evaluateExpression(compiled, subject), want);
    });
  }
});

describe('a CEL expression', () => {
  const table: { name: string; expression: ExpressionConfig; want: unknown }[] = [
    { name: 'reads the path with its query', expression: select(id('request'), 'path'), want: '/a?q' },
    { name: 'reads the path without', expression: select(id('request'), 'url_path'), want: '/a' },
    {
      name: 'reads all lines of a header',
      expression: select(select(id('request'), 'headers'), 'x'),
      want: '1,2',
    },
    {
      name: 'asks whether a header is there',
      expression: select(select(id('request'), 'headers'), 'y', true),
      want: false,
    },
    {
      name: 'reads the server name',
      expression: select(id('connection'), 'requested_server_name'),
      want: 'sni',
    },
    {
      name: 'compares numbers of two types by value',
      expression: call('_==_', claim('level'), int(3n)),
      want: true,
    },
    {
      name: 'finds values of two types unequal',
      expression: call('_==_', claim('sub'), int(3n)),
      want: false,
    },
    { name: 'faults at a missing key', expression: claim('missing'), want: FAULT },
    { name: 'faults at a wrong order', expression: call('_<_', claim('sub'), int(3n)), want: FAULT },
    {
      name: 'settles `and` by the side that is false',
      expression: call('_&&_', claim('missing'), bool(false)),
      want: false,
    },
    {
      name: 'settles `or` by the side that is true',
      expression: call('_||_', claim('missing'), bool(true)),
      want: true,
    },
    {
      name: 'does not settle `or` by a fault',
      expression: call('_||_', claim('missing'), bool(false)),
      want: FAULT,
    },
    { name: 'does not turn a fault around', expression: call('!_', claim('missing')), want: FAULT },
    {
      name: 'joins three by `and`',
      expression: call('_&&_', bool(true), bool(true), claim('missing')),
      want: FAULT,
    },
    { name: 'knows who asks', expression: select(id('source'), 'address'), want: '10.0.0.1:7' },
    { name: 'knows nobody by an unknown name', expression: select(id('nobody'), 'x'), want: FAULT },
    {
      name: 'has no filter state that nobody left',
      expression: select(id('filter_state'), 'k', true),
      want: false,
    },
    { name: 'has no response yet', expression: select(id('response'), 'code'), want: FAULT },
    { name: 'finds a pattern anywhere', expression: call('matches', claim('sub'), text('l.c')), want: true },
    {
      name: 'finds a header by its name',
      expression: call('@in', text('x'), select(id('request'), 'headers')),
      want: true,
    },
    {
      name: 'knows durations by their seconds',
      expression: call(
        '_==_',
        constant({ case: 'durationValue', value: { seconds: 1n, nanos: 5 } }),
        call('duration', text('1s5ns')),
      ),
      want: true,
    },
    {
      name: 'knows moments by their seconds',
      expression: call(
        '_==_',
        constant({ case: 'timestampValue', value: { seconds: -1n, nanos: 500_000_000 } }),
        call('timestamp', text('1969-12-31T23:59:59.5Z')),
      ),
      want: true,
    },
    { name: 'adds ints', expression: call('_+_', int(1n), int(2n)), want: 3n },
    {
      name: 'faults where an int does not fit',
      expression: call('_+_', int(2n ** 63n - 1n), int(1n)),
      want: FAULT,
    },
    {
      name: 'does not add an int to a double',
      expression: call('_+_', claim('level'), int(1n)),
      want: FAULT,
    },
    {
      name: 'does not join texts unless told to',
      expression: call('_+_', text('a'), text('b')),
      want: FAULT,
    },
    { name: 'converts texts to ints', expression: call('int', text(' -4 ')), want: -4n },
    { name: 'does not convert a broken text', expression: call('int', text('4x')), want: FAULT },
    {
      name: 'finds an int key by a double',
      expression: call('_[_]', map([int(3n), text('x')]), claim('level')),
      want: 'x',
    },
    {
      name: 'compares maps',
      expression: call('_==_', map([text('a'), int(1n)]), map([text('a'), double(1)])),
      want: true,
    },
    {
      name: 'faults at a key that is there twice',
      expression: call('size', map([int(1n), int(1n)], [int(1n), int(1n)])),
      want: FAULT,
    },
    {
      name: 'loses what a double cannot hold',
      expression: call('_==_', double(2 ** 53), int(2n ** 53n + 1n)),
      want: true,
    },
    {
      name: 'evaluates one side of a choice',
      expression: call('_?_:_', bool(true), int(1n), claim('missing')),
      want: 1n,
    },
    {
      name: 'knows when the request came',
      expression: on(select(id('request'), 'time'), 'getFullYear'),
      want: 2026n,
    },
    ...[`0x5.${'0'.repeat(300)}`, `0x5${'0'.repeat(300)}p-1200`].map((given) => ({
      name: `reads a number behind any number of digits: ${given.slice(0, 5)}…${given.slice(-6)}`,
      expression: call('double', text(given)),
      want: 5,
    })),
    {
      name: 'reads nothing times anything as nothing',
      expression: call('double', text('0x0p9999')),
      want: 0,
    },
    { name: 'reads no number of no digits', expression: call('double', text('0x')), want: FAULT },
    { name: 'names types', expression: call('_==_', call('type', claim('level')), id('double')), want: true },
    {
      name: 'has no name for the type of a time',
      expression: call('_==_', call('type', call('timestamp', int(1n))), id('timestamp')),
      want: FAULT,
    },
    { name: 'converts words to truth', expression: call('bool', text('True')), want: true },
    { name: 'does not convert other words', expression: call('bool', text('yes')), want: FAULT },
    {
      name: 'takes a pattern from the request',
      expression: call('matches', text('alice'), claim('sub')),
      want: true,
    },
    {
      name: 'faults at a large pattern from the request',
      expression: call('matches', text('a'), call('_?_:_', bool(true), text('a|b{99}'), claim('sub'))),
      want: FAULT,
    },
    {
      name: 'faults at a pattern from the request whose size is not sure',
      expression: call(
        'matches',
        text('é'),
        call('_?_:_', bool(true), text('[é-ü][é-ü][é-ü]|.'), claim('sub')),
      ),
      want: FAULT,
    },
    {
      name: 'rewrites what a pattern finds',
      expression: on(id('re'), 'extract', claim('sub'), text('l(.)c'), text('<\\1>')),
      want: '<i>',
    },
    {
      name: 'faults where a rewrite wants a group that is not there',
      expression: on(id('re'), 'extract', claim('sub'), text('l.c'), text('\\1')),
      want: FAULT,
    },
    {
      name: 'takes a large pattern that the configuration spells out',
      expression: on(id('re'), 'extract', claim('sub'), text('(?:x?y?){999}(l.c)'), text('\\1')),
      want: 'lic',
    },
    {
      name: 'faults at a large pattern from the request',
      expression: on(
        id('re'),
        'extract',
        claim('sub'),
        call('_?_:_', bool(true), text('(?:x?z?){999}(l.c)'), claim('sub')),
        text('\\1'),
      ),
      want: FAULT,
    },
    {
      name: 'captures by the whole text only',
      expression: on(id('re'), 'capture', claim('sub'), text('(a)')),
      want: FAULT,
    },
    {
      name: 'captures groups by name or number',
      expression: call(
        '_==_',
        on(id('re'), 'captureN', claim('sub'), text('(a)(?P<rest>.*)')),
        map([text('1'), text('a')], [text('rest'), text('lice')]),
      ),
      want: true,
    },
    {
      name: 'reads an attribute by a key that comes with the request',
      expression: call('_[_]', select(id('request'), 'headers'), claim('missing')),
      want: FAULT,
    },
    {
      name: 'counts headers, those of the request line too',
      expression: call('size', select(id('request'), 'headers')),
      want: 5n,
    },
    {
      name: 'counts the bytes of headers',
      expression: select(id('request'), 'headers_bytes'),
      want: BigInt(':path/a?q:methodGET:schemehttp:authorityhx1x2'.length),
    },
    {
      name: 'faults where a message would have to be asked for a key that is no text',
      expression: call('_!=_', map([int(1n), int(2n)]), select(id('metadata'), 'filter_metadata')),
      want: FAULT,
    },
    {
      name: 'does not ask the other way round',
      expression: call('_==_', select(id('metadata'), 'filter_metadata'), map([int(1n), int(2n)])),
      want: false,
    },
    {
      name: 'ends at the first members of lists that are unlike',
      expression: call(
        '_==_',
        list(int(1n), map([int(1n), int(2n)])),
        list(int(2n), select(id('metadata'), 'filter_metadata')),
      ),
      want: false,
    },
    {
      name: 'finds keys of maps by their numbers',
      expression: call('_==_', map([int(1n), int(2n)]), map([uint(1n), int(2n)])),
      want: true,
    },
    {
      name: 'takes attributes together for an empty map',
      expression: call('_==_', id('request'), map()),
      want: true,
    },
    {
      name: 'has no keys in a message',
      expression: call('_[_]', id('metadata'), text('filter_metadata')),
      want: FAULT,
    },
    {
      name: 'does not look for keys in a message',
      expression: call('@in', text('filter_metadata'), id('metadata')),
      want: FAULT,
    },
    {
      name: 'faults at a field that a message has not',
      expression: select(id('metadata'), 'nope', true),
      want: FAULT,
    },
    {
      name: 'finds the fields of a message that has been chosen',
      expression: select(call('_?_:_', bool(true), id('metadata'), id('metadata')), 'filter_metadata', true),
      want: true,
    },
    {
      name: 'finds no field that every object has',
      expression: select(call('_?_:_', bool(true), id('metadata'), id('metadata')), 'constructor', true),
      want: FAULT,
    },
    {
      name: 'evaluates a part that was set apart',
      expression: call('cel.@block', list(claim('sub'), call('size', id('@index0'))), id('@index1')),
      want: 5n,
    },
    {
      name: 'does not evaluate a part that nobody asks for',
      expression: call('cel.@block', list(on(int(1n), 'matches', claim('sub'))), bool(true)),
      want: true,
    },
    { name: 'knows no parts outside of a block', expression: id('@index0'), want: FAULT },
    { name: 'counts characters', expression: call('size', text('é😀')), want: 2n },
  ];
  for (const { name, expression, want } of table) {
    it(name, () => {
      const compiled = compileExpression(expression, contextOf(assert.fail));
      assert.equal(outcomeOf(compiled), want);
    });
  }

  const options = { enableStringConversion: true, enableStringConcat: true, enableStringFunctions: true };
  const enabled: { name: string; expression: ExpressionConfig; want: unknown }[] = [
    { name: 'joins texts', expression: call('_+_', text('a'), text('b')), want: 'ab' },
    { name: 'writes doubles as C++ does', expression: call('string', double(1e6)), want: '1e+06' },
    { name: 'writes whole ones without a point', expression: call('string', claim('level')), want: '3' },
    { name: 'splits', expression: call('size', on(text('a b c'), 'split', text(' '), int(2n))), want: 2n },
    { name: 'folds case', expression: on(text('AÉ'), 'lowerAscii'), want: 'aÉ' },
    { name: 'trims Unicode’s blanks', expression: on(text('\u0085a\ufeff'), 'trim'), want: 'a\ufeff' },
    { name: 'counts places by characters', expression: on(text('😀b'), 'indexOf', text('b')), want: 1n },
    { name: 'faults beyond the end', expression: on(text('ab'), 'charAt', int(3n)), want: FAULT },
    { name: 'cuts from a place', expression: on(text('éab'), 'substring', int(1n)), want: 'ab' },
    { name: 'cuts up to a place', expression: on(text('éab'), 'substring', int(1n), int(2n)), want: 'a' },
    {
      name: 'faults where it is told to cut up to the end',
      expression: on(text('éab'), 'substring', int(1n), int(3n)),
      want: FAULT,
    },
    { name: 'cuts nothing at the end', expression: on(text('ab'), 'substring', int(2n), int(2n)), want: '' },
    {
      name: 'replaces so often',
      expression: on(text('aaa'), 'replace', text('a'), text('$&'), int(2n)),
      want: '$&$&a',
    },
    {
      name: 'replaces the nothing around characters, whatever their size',
      expression: on(text('😀b'), 'replace', text(''), text('-')),
      want: '-😀-b-',
    },
    {
      name: 'replaces it so often',
      expression: on(text('😀b'), 'replace', text(''), text('-'), int(2n)),
      want: '-😀-b',
    },
  ];
  for (const { name, expression, want } of enabled) {
    it(`where strings are allowed more: ${name}`, () => {
      const compiled = compileExpression(expression, { ...contextOf(assert.fail), options });
      assert.equal(outcomeOf(compiled), want);
    });
  }
});
