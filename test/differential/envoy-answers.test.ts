import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ManualClock, TreeRecorder } from '../../src/base/index.ts';
import { type RecordedCase, unpackCase } from './corpus.ts';
import { compileCase } from './gate-side.ts';
import { compareOutcomes, rehearseRequest } from './rehearsal-side.ts';

const FILE = join(import.meta.dirname, '..', 'golden', 'envoy-answers', 'answers.jsonl');
const cases = readFileSync(FILE, 'utf8').trimEnd().split('\n').map(unpackCase);
const answers = cases.reduce((sum, { exchanges }) => sum + exchanges.length, 0);

describe(`a rehearsal says what Envoy 1.40 once said to ${answers} requests`, () => {
  it('of which there are enough', () => assert.ok(answers >= 2000));

  for (const one of cases) {
    it(`${one.exchanges.length} of them under configuration ${one.id}`, () => replay(one));
  }
});

async function replay({ id, nowSeconds, manager, keys, exchanges }: RecordedCase): Promise<void> {
  const clock = new ManualClock(nowSeconds * 1000);
  const requests = exchanges.map(([request]) => request);
  const compiled = compileCase({ id, manager, keys, requests }, { origin: 1, keys: 1, grpc: 1 }, clock);
  assert.ok(compiled.snapshot !== null, compiled.snapshot === null ? compiled.refusal.reason : '');
  for (const [request, envoy, rows, jotgate] of exchanges) {
    const outcome = await rehearseRequest(compiled.compiled, request, { port: 1 }, clock, new TreeRecorder());
    const about = `${request.method} ${request.target}${rows === undefined ? '' : `, another by ${rows.join()}`}`;
    assert.deepEqual(compareOutcomes(jotgate ?? envoy, outcome), [], about);
  }
}
