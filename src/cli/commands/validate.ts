import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { type ConfigSource, looksLikeManifests } from '../../control/config/index.ts';
import type { Finding } from '../../resources/index.ts';
import { EXIT } from '../exit-code.ts';
import { type CliIo, UserError } from '../io.ts';
import { type RenderOptions, renderFinding } from '../render-finding.ts';
import { renderFindingsJson } from '../render-finding-json.ts';
import { validateSource } from '../validate-source.ts';

interface ValidateFlags {
  strict?: boolean;
  json?: boolean;
}

export function configure(command: Command, io: CliIo): void {
  command
    .argument('<file...>', 'Envoy bootstrap (YAML or JSON) or Istio manifests; `-` is the standard input')
    .option('--strict', 'warnings are errors')
    .option('--json', 'findings as one JSON object')
    .action(async (files: string[], flags: ValidateFlags) => validate(files, flags, io));
}

async function validate(files: readonly string[], flags: ValidateFlags, io: CliIo): Promise<void> {
  const sources: ConfigSource[] = [];
  for (const file of files) sources.push(await readSource(file, io));
  const reports: { source: ConfigSource; findings: readonly Finding[] }[] = [];
  for (const source of sources) {
    const findings = await validateSource(source, { strict: flags.strict === true, env: process.env });
    reports.push({ source, findings });
  }
  const all = reports.flatMap(({ findings }) => findings);
  if (flags.json === true) io.out(renderFindingsJson(all));
  else for (const report of reports) printReport(report.source, report.findings, io);
  for (const { source, findings } of reports) io.err(summaryLine(source.name, findings));
  if (all.some(({ severity }) => severity === 'error')) io.exitCode = EXIT.configInvalid;
}

async function readSource(file: string, io: CliIo): Promise<ConfigSource> {
  if (file === '-') return { name: '<stdin>', text: await io.readStdin() };
  try {
    return { name: file, text: readFileSync(file, 'utf8') };
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : String(error);
    throw new UserError(`cannot read \`${file}\`: ${reason}`, EXIT.wrongUse);
  }
}

function printReport(source: ConfigSource, findings: readonly Finding[], io: CliIo): void {
  const lines = source.text.split(/\r?\n/);
  const options: RenderOptions = {
    lines: (file) => (file === source.name ? lines : undefined),
    color: io.color,
    judge: looksLikeManifests(source) ? 'Istio' : 'Envoy',
  };
  io.out(findings.map((finding) => renderFinding(finding, options)).join('\n'));
}

function summaryLine(name: string, findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const counts = [plural(errors, 'error'), plural(findings.length - errors, 'warning')].filter(
    (text) => text !== '',
  );
  return `${name}: ${counts.length === 0 ? 'ok' : counts.join(', ')}\n`;
}

const plural = (count: number, word: string) =>
  count === 0 ? '' : `${count} ${word}${count === 1 ? '' : 's'}`;
