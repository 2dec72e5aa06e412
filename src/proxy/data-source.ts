import type { DataSource } from '#schema/envoy/config/core/v3/base_pb.js';
import type { Findings } from '../resources/index.ts';

/** The text of a DataSource, as bytes spelled in latin-1. Control has made files and variables inline already. */
export function inlineText(source: DataSource | undefined, findings: Findings): string | null {
  const specifier = source?.specifier ?? { case: undefined };
  switch (specifier?.case) {
    case undefined:
      return '';
    case 'inlineString':
      return Buffer.from(specifier.value, 'utf8').toString('latin1');
    case 'inlineBytes':
      return Buffer.from(specifier.value).toString('latin1');
    default:
      findings.report({
        code: 'E208',
        severity: 'error',
        message: `the content of \`${specifier.value}\` was not read`,
        envoy: 'accepts',
        about: source,
      });
      return null;
  }
}
