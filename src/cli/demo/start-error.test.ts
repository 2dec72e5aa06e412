import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { GateStartError } from '../../server/index.ts';
import { UserError } from '../io.ts';
import { demoErrorOf } from './start-error.ts';

const systemError = (fields: object) => Object.assign(new Error('x'), fields);

function missingFile(): unknown {
  try {
    return readFileSync('/nowhere/examples/realm.json');
  } catch (error) {
    return error;
  }
}

describe('a demo that cannot start says in one sentence what to do', () => {
  const cases: { name: string; given: unknown; want: RegExp }[] = [
    {
      name: 'a port that was taken',
      given: systemError({ code: 'EADDRINUSE', syscall: 'listen', port: 8081 }),
      want: /^another program took port 8081 of 127\.0\.0\.1 .*; start the demo again$/,
    },
    {
      name: 'a gate whose port was taken',
      given: new GateStartError('cannot listen on 127.0.0.1:8081: another program does'),
      want: /^cannot listen on 127\.0\.0\.1:8081: .*; then start the demo again$/,
    },
    {
      name: 'an example that is missing',
      given: missingFile(),
      want: /^cannot read `\/nowhere\/examples\/realm\.json` \(ENOENT\), .*install it anew/,
    },
    {
      name: 'no place for its certificates',
      given: systemError({ code: 'EACCES', syscall: 'mkdtemp', path: '/no/jotgate-demo-XXXXXX' }),
      want: /^cannot make the temporary folder `\/no\/jotgate-demo-XXXXXX` \(EACCES\); set TMPDIR/,
    },
  ];
  for (const { name, given, want } of cases) {
    it(name, () => {
      const error = demoErrorOf(given);
      assert.ok(error instanceof UserError);
      assert.match(error.message, want);
    });
  }

  it('and leaves an error of our own as it is', () => {
    const bug = new TypeError('x is not a function');
    assert.equal(demoErrorOf(bug), bug);
  });
});
