import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TestStream } from '../../../../test/fixtures/filter-stream.ts';
import { STATUS, type Status } from '../../../core/jwt/index.ts';
import { AllVerifier, AnyVerifier } from './group-verifiers.ts';
import { Run } from './run.ts';
import type { Verifier } from './verifier.ts';

const { ok, jwtIsExpired, jwtIsMissing } = STATUS;

/** Members that note when they are started and answer when they are told to. */
function members(run: Run, kinds: Record<string, 'slow' | 'fetching' | Status>) {
  const started: string[] = [];
  const answer = new Map<string, (status: Status) => void>();
  const list = Object.entries(kinds).map(([wants, kind]): Verifier => {
    const verify = () => {
      started.push(wants);
      if (typeof kind === 'number') return kind;
      if (kind === 'fetching') run.beginFetch();
      return new Promise<Status>((resolve) => answer.set(wants, resolve));
    };
    return { wants, verify };
  });
  return { started, list, answer: (wants: string, status: Status) => answer.get(wants)?.(status) };
}

const newRun = () => new Run(new TestStream({ path: '/' }));
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('members of a group', () => {
  it('wait for one that verifies for long, for Envoy verifies at once', async () => {
    const run = newRun();
    const { started, list, answer } = members(run, { slow: 'slow', next: ok });
    const verdict = new AnyVerifier(list, { missing: false, failed: false }, {}).verify(run, null);
    assert.deepEqual(started, ['slow']);
    answer('slow', ok);
    assert.equal(await verdict, ok);
    assert.deepEqual(started, ['slow']);
  });

  it('go on after one that verified for long in vain', async () => {
    const run = newRun();
    const { started, list, answer } = members(run, { slow: 'slow', next: ok });
    const verdict = new AnyVerifier(list, { missing: false, failed: false }, {}).verify(run, null);
    answer('slow', jwtIsExpired);
    assert.equal(await verdict, ok);
    assert.deepEqual(started, ['slow', 'next']);
  });

  it('go ahead of one that waits for keys', async () => {
    const run = newRun();
    const { started, list } = members(run, { fetching: 'fetching', next: ok });
    const verdict = new AnyVerifier(list, { missing: false, failed: false }, {}).verify(run, null);
    assert.equal(verdict, ok);
    assert.deepEqual(started, ['fetching', 'next']);
  });

  it('go ahead of one that comes to wait for keys after a long verification', async () => {
    const run = newRun();
    const { started, list, answer } = members(run, { slow: 'slow', next: 'fetching' });
    const verdict = new AllVerifier(list, {}).verify(run, null);
    run.beginFetch();
    await settle();
    assert.deepEqual(started, ['slow', 'next']);
    answer('next', jwtIsExpired);
    assert.equal(await verdict, jwtIsExpired);
  });

  it('are not started after a failure that took long where all are required', async () => {
    const run = newRun();
    const { started, list, answer } = members(run, { slow: 'slow', next: jwtIsMissing });
    const verdict = new AllVerifier(list, {}).verify(run, null);
    answer('slow', jwtIsExpired);
    assert.equal(await verdict, jwtIsExpired);
    assert.deepEqual(started, ['slow']);
  });

  it('of a group inside hold up the group around it', async () => {
    const run = newRun();
    const { started, list, answer } = members(run, { slow: 'slow', last: jwtIsExpired });
    const inner = new AnyVerifier([list[0] as Verifier], { missing: false, failed: false }, {});
    const verdict = new AllVerifier([inner, list[1] as Verifier], {}).verify(run, null);
    assert.deepEqual(started, ['slow']);
    answer('slow', jwtIsMissing);
    assert.equal(await verdict, jwtIsMissing);
  });
});
