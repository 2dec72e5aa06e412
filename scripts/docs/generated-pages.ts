import { join } from 'node:path';
import { renderEnvoySupport } from './render-envoy-support.ts';
import { renderErrors } from './render-errors.ts';

const docs = join(import.meta.dirname, '..', '..', 'docs');

/** Pages that are generated, never edited. */
export const generatedPages: readonly { path: string; render(): string }[] = [
  { path: join(docs, 'errors.md'), render: renderErrors },
  { path: join(docs, 'envoy-support.md'), render: renderEnvoySupport },
];
