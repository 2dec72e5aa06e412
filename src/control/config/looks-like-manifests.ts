import type { ConfigSource } from './source/source-node.ts';

/** Kubernetes objects say at their top level what they are; nothing of Envoy's does. */
export function looksLikeManifests({ text }: ConfigSource): boolean {
  return (
    /^\uFEFF?(?:"?apiVersion"?|"?kind"?)\s*:/m.test(text) || /^\s*\{\s*"(?:apiVersion|kind)"\s*:/.test(text)
  );
}
