import { type ConfigSource, looksLikeConfigDump, looksLikeManifests } from '../control/config/index.ts';
import { createSecretHider } from './hide-secrets.ts';
import type { Judge, RenderOptions } from './render-finding.ts';

/** How findings about these texts are shown: with their lines, without their credentials, and with what becomes of each where it is meant to go. */
export function renderOptionsOf(sources: readonly ConfigSource[], color: boolean): RenderOptions {
  const hider = createSecretHider(sources.map(({ text }) => text));
  const texts = new Map(sources.map(({ name, text }) => [name, text]));
  const lines = new Map<string, readonly string[]>();
  const linesOf = (file: string) => {
    const [known, text] = [lines.get(file), texts.get(file)];
    if (known !== undefined || text === undefined) return known;
    const shown = hider.lines(text);
    lines.set(file, shown);
    return shown;
  };
  const judges = new Map(sources.map((source) => [source.name, judgeOf(source)]));
  const [judge, ...others] = new Set(judges.values());
  const common = others.length === 0 ? judge : undefined;
  return {
    lines: linesOf,
    hide: hider.sentence,
    judge: (file) => (file === undefined ? common : judges.get(file)),
    color,
  };
}

function judgeOf(source: ConfigSource): Judge {
  if (looksLikeManifests(source)) return 'Istio';
  return looksLikeConfigDump(source) ? 'no file' : 'Envoy';
}
