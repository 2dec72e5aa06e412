import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { BootstrapSchema } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import { type Finding, Findings, Provenance } from '../../../resources/index.ts';
import { DecodeContext } from '../decode/decode-context.ts';
import { CheckContext } from './check-context.ts';

const AT = { file: 'a.yaml', line: 3, column: 5, length: 1 };

describe('a place is told of', () => {
  const told = { code: 'E100', message: 'm', envoy: 'refuses' } as const;
  const table: { name: string; given: Partial<Finding>; want: boolean }[] = [
    { name: 'by an error there', given: { at: { ...AT }, severity: 'error' }, want: true },
    { name: 'not by a warning', given: { at: AT, severity: 'warning' }, want: false },
    {
      name: 'not by an error elsewhere',
      given: { at: { ...AT, column: 6 }, severity: 'error' },
      want: false,
    },
    {
      name: 'not by one in another file',
      given: { at: { ...AT, file: 'b.yaml' }, severity: 'error' },
      want: false,
    },
    { name: 'not by an error without a place', given: { severity: 'error' }, want: false },
  ];
  const setUp = () => {
    const findings = new Findings();
    const provenance = new Provenance();
    const context = new CheckContext(create(BootstrapSchema), new DecodeContext(findings, provenance));
    return { findings, provenance, context };
  };
  for (const { name, given, want } of table) {
    it(name, () => {
      const { findings, provenance, context } = setUp();
      const message = {};
      provenance.set(message, AT, 'p');
      assert.equal(context.isTold(message), false);
      findings.add({ ...told, ...given } as Finding);
      assert.equal(context.isTold(message), want);
    });
  }

  it('never where a message has none', () => {
    const { findings, context } = setUp();
    findings.add({ ...told, severity: 'error' } as Finding);
    assert.equal(context.isTold({}), false);
  });
});
