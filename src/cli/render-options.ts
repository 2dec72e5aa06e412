import { type ConfigSource, looksLikeConfigDump, looksLikeManifests } from '../control/config/index.ts';
import type { Judge, RenderOptions } from './render-finding.ts';

/** How findings about these texts are shown: with their lines, and with what becomes of each where it is meant to go. */
export function renderOptionsOf(sources: readonly ConfigSource[], color: boolean): RenderOptions {
  const lines = new Map(sources.map(({ name, text }) => [name, text.split(/\r\n?|\n/)]));
  const judges = new Map(sources.map((source) => [source.name, judgeOf(source)]));
  const [judge, ...others] = new Set(judges.values());
  const common = others.length === 0 ? judge : undefined;
  return {
    lines: (file) => lines.get(file),
    judge: (file) => (file === undefined ? common : judges.get(file)),
    color,
  };
}

function judgeOf(source: ConfigSource): Judge {
  if (looksLikeManifests(source)) return 'Istio';
  return looksLikeConfigDump(source) ? 'no file' : 'Envoy';
}
