import type { ConfigSource } from './source/source-node.ts';

/** Envoy's admin prints one object whose first member is `configs`. */
export function looksLikeConfigDump({ text }: ConfigSource): boolean {
  return /^\s*\{\s*"configs"\s*:\s*\[/.test(text);
}
