import { stringify } from 'yaml';

/** An Istio object as its author writes it. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: string };
  spec: Record<string, unknown>;
}

/** A folder's worth of them, and the line on which each begins. */
export interface RenderedSet {
  text: string;
  firstLines: readonly number[];
}

export function renderSet(manifests: readonly Manifest[]): RenderedSet {
  const firstLines: number[] = [];
  let text = '';
  for (const manifest of manifests) {
    text += text === '' ? '' : '---\n';
    firstLines.push(text.split('\n').length);
    text += stringify(manifest, { lineWidth: 0, version: '1.1' });
  }
  return { text, firstLines };
}

/** Which manifest a line of the text belongs to. */
export function manifestAt({ firstLines }: RenderedSet, line: number): number {
  return firstLines.findLastIndex((first) => first <= line);
}
