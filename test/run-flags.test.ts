import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runCli } from './fixtures/collecting-io.ts';

it('run takes no format of its log that there is not', async () => {
  const { exitCode, err } = await runCli(['run', '-c', '/nonexistent', '--log-format', 'jsn']);
  assert.deepEqual([exitCode, err], [2, 'jotgate: `jsn` is not one of pretty, json\n']);
});
