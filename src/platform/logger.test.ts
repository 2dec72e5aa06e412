import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../base/index.ts';
import { type CreateLoggerOptions, createLogger } from './logger.ts';

function linesOf(options: CreateLoggerOptions): string[] {
  const lines: string[] = [];
  const clock = new ManualClock(Date.parse('2026-01-02T03:04:05.006Z'));
  const logger = createLogger({ ...options, clock, write: (line) => lines.push(line) });
  logger.info('listening', { port: 80 });
  logger.warn('no TLS');
  logger.error('lost', { why: 'x y' });
  return lines;
}

describe('the logger', () => {
  it('writes a JSON object a line', () => {
    const [first, , third] = linesOf({}).map((line) => JSON.parse(line));
    assert.deepEqual(first, { level: 'info', time: '2026-01-02T03:04:05.006Z', port: 80, msg: 'listening' });
    assert.deepEqual([third.level, third.why, third.msg], ['error', 'x y', 'lost']);
  });

  it('writes plain lines for a person', () => {
    assert.deepEqual(linesOf({ format: 'pretty' }), [
      '03:04:05.006 info  listening port=80\n',
      '03:04:05.006 warn  no TLS\n',
      '03:04:05.006 error lost why="x y"\n',
    ]);
  });

  it('drops what is below its level', () => assert.equal(linesOf({ level: 'error' }).length, 1));
});
