import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Finding } from '../resources/index.ts';
import { explainAnyCode } from './explain-any-code.ts';
import { version } from './version.ts';

/** SARIF 2.1.0 (OASIS), as code scanners take it: one run, one rule per code that was found. */
export async function renderFindingsSarif(findings: readonly Finding[]): Promise<string> {
  const codes = [...new Set(findings.map(({ code }) => code))].sort();
  const rules = await Promise.all(codes.map(ruleOf));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'jotgate', version: version(), rules },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => resultOf(finding, codes)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

async function ruleOf(code: string) {
  const entry = await explainAnyCode(code);
  return {
    id: code,
    shortDescription: { text: entry?.title ?? code },
    fullDescription: { text: entry?.meaning ?? code },
  };
}

function resultOf({ code, severity, message, hint, at, path }: Finding, codes: readonly string[]) {
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: severity,
    message: { text: hint === undefined ? message : `${message}\n${hint}` },
    locations: at === undefined ? [] : [locationOf(at, path)],
  };
}

function locationOf({ file, line, column, length }: NonNullable<Finding['at']>, path: string | undefined) {
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(file) },
      region: { startLine: line, startColumn: column, endColumn: column + length },
    },
    ...(path === undefined || path === '' ? {} : { logicalLocations: [{ fullyQualifiedName: path }] }),
  };
}

/** Relative to where the program runs, so that a scanner finds it in the repository. */
function uriOf(file: string): string {
  return isAbsolute(file) ? pathToFileURL(file).href : file.split('/').map(encodeURIComponent).join('/');
}
