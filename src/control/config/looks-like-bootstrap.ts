import { BootstrapSchema } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import type { ConfigSource } from './source/source-node.ts';

/**
 * Whether a text that nobody has named may be meant for an Envoy: a field of its bootstrap stands at the top, or something that is
 * called resources. Where that cannot be told it may.
 */
export function looksLikeBootstrap({ text }: ConfigSource): boolean {
  const keys = /^\s*\{/.test(text) ? jsonKeys(text) : yamlKeys(text);
  if (keys === null || keys.length === 0) return true;
  const known = new Set(BootstrapSchema.fields.flatMap(({ name, jsonName }) => [name, jsonName]));
  return keys.some((key) => known.has(key) || /resource/i.test(key));
}

function yamlKeys(text: string): string[] {
  return [...text.matchAll(/^["']?([A-Za-z_][\w.-]*)["']?\s*:/gm)].map(([, key]) => key ?? '');
}

function jsonKeys(text: string): string[] | null {
  try {
    return Object.keys(JSON.parse(text) as object);
  } catch {
    return null;
  }
}
