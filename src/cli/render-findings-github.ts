import type { Finding } from '../resources/index.ts';
import { printable } from './source-excerpt.ts';

/** Workflow commands of GitHub Actions, which show each finding at its line of the pull request. */
export function renderFindingsGithub(findings: readonly Finding[]): string {
  return findings.map((finding) => `${renderCommand(finding)}\n`).join('');
}

function renderCommand({ code, severity, message, hint, at }: Finding): string {
  const place =
    at === undefined
      ? []
      : [
          `file=${property(at.file)}`,
          `line=${at.line}`,
          `col=${at.column}`,
          `endColumn=${at.column + at.length}`,
        ];
  const text = hint === undefined ? message : `${message}\n${hint}`;
  return `::${severity} ${[...place, `title=${property(code)}`].join(',')}::${data(text)}`;
}

/** A log is read at terminals too. */
const data = (text: string) => text.replaceAll('%', '%25').split('\n').map(printable).join('%0A');

const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
