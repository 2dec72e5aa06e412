import { Worker } from 'node:worker_threads';

const workerFile = new URL(
  import.meta.url.endsWith('.ts') ? '../data-worker.ts' : '../data-worker.js',
  import.meta.url,
);

let spare: Worker | null = null;

/**
 * Starts a data worker ahead of need: it loads its modules while this thread loads its own, and waits to be told what to run. Harmless when
 * it is never taken: it does not keep the process.
 */
export function prepareWorker(): void {
  if (spare !== null) return;
  const worker = new Worker(workerFile);
  const forget = () => {
    if (spare === worker) spare = null;
  };
  // Whoever takes the worker hears of its end; until then a spare one that fails is only not there.
  worker.once('error', forget).once('exit', forget).unref();
  spare = worker;
}

/** A data worker that waits for its start message: the spare one, or a new one. */
export function takeWorker(): Worker {
  if (spare === null) return new Worker(workerFile);
  const worker = spare;
  spare = null;
  worker.ref();
  return worker;
}
