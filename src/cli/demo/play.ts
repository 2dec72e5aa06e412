import { EXIT } from '../exit-code.ts';
import type { CliIo } from '../io.ts';
import { frontProxy } from './front-proxy.ts';
import { mesh } from './mesh.ts';
import { Narrator } from './narrator.ts';
import { openScene } from './open-scene.ts';
import { rateLimit } from './rate-limit.ts';
import { rotation } from './rotation.ts';
import type { Scene } from './scene.ts';
import { demoErrorOf } from './start-error.ts';
import { trains } from './trains.ts';
import { showWayOn } from './way-on.ts';

const CHAPTERS = [
  { title: "The article's front proxy, its configuration unchanged", tell: frontProxy },
  { title: 'The A train and the B train', tell: trains },
  { title: 'Five calls a minute for each user', tell: rateLimit },
  { title: 'Keys that change', tell: rotation },
  { title: "The mesh document's ten steps, by Istio's own policies", tell: mesh },
];

/** Tells the whole story; with `once` it ends there, else the scene stays up until a signal. A signal ends the story too. */
export async function playDemo(once: boolean, io: CliIo): Promise<void> {
  const signal = nextSignal();
  const scene = await openScene().catch((error: unknown) => {
    throw demoErrorOf(error);
  });
  try {
    const told = await Promise.race([tellStory(scene, io).then(() => true), signal]);
    if (told !== true) io.exitCode = EXIT.interrupted;
    else if (!once) await stayUp(scene, signal, io);
  } finally {
    await scene.close();
  }
}

async function tellStory(scene: Scene, io: CliIo): Promise<void> {
  const narrator = new Narrator(io);
  for (const { title, tell } of CHAPTERS) {
    narrator.chapter(title);
    await tell(scene, narrator).catch((error: unknown) => {
      throw demoErrorOf(error);
    });
  }
  showWayOn(narrator);
  const { differences, steps } = narrator;
  io.out(
    differences === 0
      ? `\n${steps} steps, all as the story has them\n`
      : `\n${differences} differences in ${steps} steps\n`,
  );
  if (differences > 0) io.exitCode = EXIT.ourBug;
}

async function stayUp(scene: Scene, signal: Promise<unknown>, io: CliIo): Promise<void> {
  io.out(
    `\nthe gate stays up at ${scene.front.url}; the commands above work, in their order. Ctrl-C ends it\n`,
  );
  await signal;
}

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, resolve);
  });
}
