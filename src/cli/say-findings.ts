import type { ConfigSource } from '../control/config/index.ts';
import type { Finding } from '../resources/index.ts';
import type { CliIo } from './io.ts';
import { renderFinding } from './render-finding.ts';
import { renderOptionsOf } from './render-options.ts';

/** Says what was found in some texts, with their lines. */
export function sayFindings(findings: readonly Finding[], sources: readonly ConfigSource[], io: CliIo): void {
  const options = renderOptionsOf(sources, io.color);
  for (const finding of findings) io.err(`${renderFinding(finding, options)}\n`);
}
