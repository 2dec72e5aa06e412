import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileExpression } from './compile-expression.ts';
import type { RbacSubject } from './condition.ts';
import type { ConstantKind, ExpressionConfig } from './expression-config.ts';
import { FAULT } from './expression-value.ts';

const constant = (constantKind: ConstantKind): ExpressionConfig => ({
  exprKind: { case: 'constExpr', value: { constantKind } },
});
const text = (value: string) => constant({ case: 'stringValue', value });
const bool = (value: boolean) => constant({ case: 'boolValue', value });
const int = (value: bigint) => constant({ case: 'int64Value', value });
const id = (name: string): ExpressionConfig => ({ exprKind: { case: 'identExpr', value: { name } } });
const select = (operand: ExpressionConfig, field: string, testOnly = false): ExpressionConfig => ({
  exprKind: { case: 'selectExpr', value: { operand, field, testOnly } },
});
const call = (name: string, ...args: ExpressionConfig[]): ExpressionConfig => ({
  exprKind: { case: 'callExpr', value: { function: name, args } },
});
const claim = (name: string) =>
  call('_[_]', call('_[_]', select(id('metadata'), 'filter_metadata'), text('jwt')), text(name));

const subject: RbacSubject = {
  request: {
    method: 'GET',
    scheme: 'http',
    authority: 'h',
    path: '/a?q',
    headers: { names: ['x', 'x'], values: ['1', '2'] },
  },
  connection: { remoteAddress: '', localAddress: '', localPort: 0, serverName: 'sni', tls: true },
  metadataIfAny: new Map([
    [
      'jwt',
      new Map<string, string | number>([
        ['sub', 'alice'],
        ['level', 3],
      ]),
    ],
  ]),
};

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
    { name: 'counts characters', expression: call('size', text('é😀')), want: 2n },
  ];
  for (const { name, expression, want } of table) {
    it(name, () => {
      const compiled = compileExpression(expression, assert.fail);
      assert.equal(compiled?.(subject), want);
    });
  }

  it('that names what is not done is refused', () => {
    const refusals: string[] = [];
    const refuse = (message: string) => void refusals.push(message);
    assert.equal(compileExpression(select(id('request'), 'duration'), refuse), null);
    assert.equal(compileExpression(constant({ case: 'doubleValue', value: 1 }), refuse), null);
    assert.deepEqual(refusals, [
      '`request.duration` in a CEL condition is not supported',
      'a constant of the kind `doubleValue` in a CEL condition is not supported',
    ]);
  });
});
