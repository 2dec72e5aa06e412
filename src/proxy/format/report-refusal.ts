import type { Findings } from '../../resources/index.ts';
import type { FormatRefusal } from './text-format.ts';

/** @param where for a person: `the value of header \`x\`` */
export function reportFormat(
  { operator, error, envoy, at }: FormatRefusal,
  where: string,
  about: object,
  field: string,
  findings: Findings,
): void {
  const isStray = operator === '%';
  const place = at === 0 ? '' : `, at character ${at + 1}`;
  findings.report({
    code: envoy === 'accepts' ? 'E301' : 'E120',
    severity: 'error',
    message: isStray
      ? `a lone \`%\` in ${where}${place}`
      : envoy === 'accepts'
        ? `\`${operator}\` in ${where}${place} is not supported${error.startsWith('`') ? '' : `: ${error}`}`
        : `\`${operator}\` in ${where}${place}: ${error}`,
    hint: isStray ? 'write `%%` for a percent sign' : undefined,
    envoy,
    about,
    field,
  });
}
