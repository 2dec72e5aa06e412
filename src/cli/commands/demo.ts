import type { Command } from 'commander';
import { frontProxy } from '../demo/front-proxy.ts';
import { mesh } from '../demo/mesh.ts';
import { Narrator } from '../demo/narrator.ts';
import { openScene } from '../demo/open-scene.ts';
import { rateLimit } from '../demo/rate-limit.ts';
import { rotation } from '../demo/rotation.ts';
import type { Scene } from '../demo/scene.ts';
import { trains } from '../demo/trains.ts';
import { showWayOn } from '../demo/way-on.ts';
import { EXIT } from '../exit-code.ts';
import type { CliIo } from '../io.ts';

const CHAPTERS = [
  { title: "The article's front proxy, its configuration unchanged", tell: frontProxy },
  { title: 'The A train and the B train', tell: trains },
  { title: 'Five calls a minute for each user', tell: rateLimit },
  { title: 'Keys that change', tell: rotation },
  { title: "The mesh document's ten steps, by Istio's own policies", tell: mesh },
];

export function configure(command: Command, io: CliIo): void {
  command
    .option('--once', 'end after the story; exit code 1 if any step differed from it')
    .action((flags: { once?: boolean }) => demo(flags.once === true, io));
}

async function demo(once: boolean, io: CliIo): Promise<void> {
  const scene = await openScene();
  try {
    const narrator = new Narrator(io);
    for (const { title, tell } of CHAPTERS) {
      narrator.chapter(title);
      await tell(scene, narrator);
    }
    showWayOn(narrator);
    const { differences, steps } = narrator;
    io.out(
      differences === 0
        ? `\n${steps} steps, all as the story has them\n`
        : `\n${differences} differences in ${steps} steps\n`,
    );
    if (differences > 0) io.exitCode = EXIT.ourBug;
    if (!once) await stayUp(scene, io);
  } finally {
    await scene.close();
  }
}

async function stayUp(scene: Scene, io: CliIo): Promise<void> {
  io.out(`\nthe gate stays up at ${scene.front.url}; the curl lines above work. Ctrl-C ends it\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}
