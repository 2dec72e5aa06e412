import { createPrivateKey } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { type SigningRange, signBenchToken } from './tokens.ts';

const LINES_PER_MESSAGE = 500;
const { key, prefix, from, to } = workerData as SigningRange;
const privateKey = createPrivateKey(key);
let lines: string[] = [];
for (let index = from; index < to; index++) {
  lines.push(`${signBenchToken(privateKey, `${prefix}-${index}`)}\n`);
  if (lines.length === LINES_PER_MESSAGE || index === to - 1) {
    parentPort?.postMessage(lines.join(''));
    lines = [];
  }
}
