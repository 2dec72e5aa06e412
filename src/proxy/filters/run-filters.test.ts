import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TestStream } from '../../../test/fixtures/filter-stream.ts';
import { TreeRecorder } from '../../base/index.ts';
import type { FilterResult, HttpFilter, LocalReply } from './filter.ts';
import { runFilters } from './run-filters.ts';

const refusal: LocalReply = { status: 403, body: 'no', headers: [], details: '' };

function filterOf(
  kind: string,
  log: string[],
  answer: () => FilterResult | Promise<FilterResult>,
): HttpFilter {
  return {
    kind,
    origin: {},
    decodeHeaders: () => {
      log.push(kind);
      return answer();
    },
  };
}

describe('the filter loop', () => {
  it('is synchronous when all filters are', () => {
    const log: string[] = [];
    const pass = (kind: string) => filterOf(kind, log, () => undefined);
    assert.equal(runFilters([pass('a'), pass('b')], new TestStream()), undefined);
    assert.deepEqual(log, ['a', 'b']);
  });

  it('ends at the first reply', () => {
    const log: string[] = [];
    const filters = [filterOf('a', log, () => refusal), filterOf('b', log, () => undefined)];
    assert.equal(runFilters(filters, new TestStream()), refusal);
    assert.deepEqual(log, ['a']);
  });

  it('goes on after a promise, and waits only then', async () => {
    const log: string[] = [];
    const filters = [filterOf('a', log, async () => undefined), filterOf('b', log, () => refusal)];
    const result = runFilters(filters, new TestStream());
    assert.ok(result instanceof Promise);
    assert.deepEqual(log, ['a']);
    assert.equal(await result, refusal);
  });

  it('does not go on when the exchange has ended meanwhile', async () => {
    const log: string[] = [];
    const stream = new TestStream();
    const result = runFilters(
      [filterOf('a', log, async () => refusal), filterOf('b', log, () => undefined)],
      stream,
    );
    stream.closed = true;
    assert.equal(await result, undefined);
    assert.deepEqual(log, ['a']);
  });

  it('passes a filter’s fault on: nobody gets in by it', async () => {
    const broken = filterOf('a', [], async () => Promise.reject(new Error('broken')));
    await assert.rejects(async () => runFilters([broken], new TestStream()), /broken/);
  });

  it('tells a recorder what each filter said and which were not reached', async () => {
    const recorder = new TreeRecorder();
    const filters = [
      filterOf('a', [], async () => undefined),
      filterOf('b', [], () => refusal),
      filterOf('c', [], () => undefined),
    ];
    await runFilters(filters, new TestStream({ recorder }));
    assert.deepEqual(
      recorder.root.steps.map(({ text, verdict, reason }) => [text, verdict, reason]),
      [
        ['a', 'ok', undefined],
        ['b', 'deny', '403 no'],
        ['c', 'skipped', 'not reached'],
      ],
    );
  });
});
