import { loadConfig } from '../../control/config/index.ts';
import { renderPlace } from '../refusal.ts';
import type { Narrator } from './narrator.ts';
import { readExample } from './open-scene.ts';

const LINES = [
  '$ npx jotgate validate your-envoy.yaml                                what is wrong with it, and what Envoy does',
  '$ npx jotgate why -c your-envoy.yaml http://localhost:8080/ --token @token.txt    who gets in, and why not',
  '$ npx jotgate run -c your-envoy.yaml                                  run it',
];

/** The end of the story: the same for a file of one's own, and what `validate` says about the one just seen. */
export function showWayOn(narrator: Narrator): void {
  narrator.chapter('Now yours');
  narrator.say('');
  for (const line of LINES) narrator.say(`    ${line}`);
  const example = readExample('01-front-proxy/envoy-jwt.yaml');
  const { findings } = loadConfig([example]);
  narrator.say(`\n    what validate finds in the article's own file:`);
  for (const { code, message, at } of findings.list)
    narrator.say(`    ${code}  ${renderPlace(at)}  ${message}`);
}
