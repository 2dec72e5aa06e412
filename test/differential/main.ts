import { parseArgs } from 'node:util';
import { startGrpcAuthorizer } from '../fixtures/grpc-authorizer.ts';
import { findEnvoy } from '../oracle/envoy-process.ts';
import { CorpusWriter } from './corpus.ts';
import { startEchoOrigin, startKeyServer } from './echo-origin.ts';
import { findFeatures } from './features.ts';
import { generateCase } from './generate-case.ts';
import { saveGolden } from './golden.ts';
import { judgeQuestion } from './grpc-judge.ts';
import { createKeyPool } from './keys.ts';
import { type Ground, runBatch } from './run-batch.ts';
import { shrinkReport } from './shrink.ts';
import { renderReport, Tally } from './tally.ts';

const BATCH = 100;
const HELP = `Runs generated configurations and requests on a real Envoy and on jotgate and compares what they do.
  --seed S       the seed of all choices (default 1)
  --cases N      how many configurations (default 200)
  --requests N   how many requests to each (default 40)
  --from I       the first case's index, to run one again: --from 17 --cases 1
  --shrink N     how many of the unlisted disagreements are made small and kept under test/golden/differential (default 3)
  --record FILE  writes Envoy's answers as a corpus for the tests
`;

interface Options {
  seed: number;
  cases: number;
  requests: number;
  from: number;
  shrink: number;
  record: string | undefined;
}

function parseOptions(): Options | null {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      cases: { type: 'string', default: '200' },
      requests: { type: 'string', default: '40' },
      from: { type: 'string', default: '0' },
      shrink: { type: 'string', default: '3' },
      record: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const { seed, cases, requests, from, shrink, record } = values;
  const numbers = { seed: +seed, cases: +cases, requests: +requests, from: +from, shrink: +shrink };
  return { ...numbers, record };
}

async function run(options: Options): Promise<number> {
  const ground: Ground = {
    envoyOrigin: await startEchoOrigin(),
    gateOrigin: await startEchoOrigin(),
    keys: await startKeyServer(),
    grpc: await startGrpcAuthorizer(judgeQuestion),
  };
  const tally = new Tally();
  const corpus = options.record === undefined ? null : new CorpusWriter(options.record);
  await runAll(options, ground, tally, corpus);
  corpus?.close();
  await report(tally, options, ground);
  process.stdout.write(`seed ${options.seed}: ${tally.summary}\n`);
  return tally.unlistedCount === 0 ? 0 : 1;
}

async function runAll(
  options: Options,
  ground: Ground,
  tally: Tally,
  corpus: CorpusWriter | null,
): Promise<void> {
  const { seed, requests, from, cases } = options;
  const pool = createKeyPool();
  const features = findFeatures();
  for (let start = from; start < from + cases; start += BATCH) {
    const nowSeconds = Math.floor(Date.now() / 1000);
    const count = Math.min(BATCH, from + cases - start);
    const batch = Array.from({ length: count }, (_, index) =>
      generateCase(start + index, { seed, requests, pool, features, nowSeconds }),
    );
    const result = await runBatch(batch, ground);
    tally.add(count, result);
    corpus?.add(batch, result, nowSeconds);
    process.stderr.write(
      `${start + count - from} of ${cases}: ${tally.unlistedCount} unlisted disagreements\n`,
    );
  }
}

async function report(tally: Tally, options: Options, ground: Ground): Promise<void> {
  for (const [reason, count] of tally.unsupported)
    process.stdout.write(`not supported (${count}): ${reason}\n`);
  const sorted = [...tally.unlisted].sort(
    ([, a], [, b]) => Number(b.first.admits) - Number(a.first.admits) || b.count - a.count,
  );
  for (const [index, [key, { count, first }]] of sorted.entries()) {
    process.stdout.write(`${count} × ${key}\n`);
    if (index >= options.shrink) {
      process.stdout.write(`${renderReport(first)}\n`);
      continue;
    }
    const small = await shrinkReport(first, ground);
    process.stdout.write(
      `${renderReport(small)}\n  kept: ${saveGolden(small, `${first.one.id}-${first.kind.replace(' ', '-')}`)}\n`,
    );
  }
}

async function main(): Promise<number> {
  const options = parseOptions();
  if (options === null) {
    process.stdout.write(HELP);
    return 0;
  }
  if (findEnvoy() !== null) return run(options);
  process.stderr.write('no Envoy to compare with: put one on the PATH, or name it in ENVOY_BIN\n');
  return 2;
}

process.exit(await main());
