import { CODE_ENTRIES, type CodeEntry } from '../../src/control/config/index.ts';
import { ISTIO_CODE_ENTRIES } from '../../src/control/istio/index.ts';
import { REALM_CODE_ENTRIES } from '../../src/server/issuer/index.ts';

const HEAD = `# Errors, warnings and lints

Every code that \`jotgate validate\` can print; \`jotgate explain CODE\` prints one of them. Errors (E) keep a configuration from being
loaded, warnings (W) do not unless \`--strict\`, lints (L) speak of what loads and is not what was meant.

This page is made by \`node scripts/docs/main.ts\` from the tables in the sources; do not edit it.
`;

const SECTIONS: readonly { title: string; holds: RegExp }[] = [
  { title: 'Text and shape', holds: /^[EW]1/ },
  { title: 'References and meaning', holds: /^[EW]2/ },
  { title: 'What jotgate does not do', holds: /^[EW]3/ },
  { title: 'Istio manifests', holds: /^[EW]4/ },
  { title: 'Realm files', holds: /^[EW]5/ },
  { title: 'Lints', holds: /^L/ },
];

/** docs/errors.md. */
export function renderErrors(): string {
  const entries = { ...CODE_ENTRIES, ...ISTIO_CODE_ENTRIES, ...REALM_CODE_ENTRIES };
  return [HEAD, ...SECTIONS.map(({ title, holds }) => renderSection(title, holds, entries))].join('\n');
}

function renderSection(title: string, holds: RegExp, entries: Readonly<Record<string, CodeEntry>>): string {
  const codes = Object.keys(entries).filter((code) => holds.test(code));
  codes.sort((a, b) => a.slice(1).localeCompare(b.slice(1)));
  const rows = codes.map((code) => `| ${code} | ${entries[code]?.title} | ${entries[code]?.meaning} |`);
  return [`## ${title}\n`, '| code | what | meaning |', '|---|---|---|', ...rows, ''].join('\n');
}
