import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { CliIo } from '../../../src/cli/io.ts';
import { runProgram } from '../../../src/cli/program.ts';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';
import { conformanceFolder } from '../conformance-data.ts';
import { countTexts, type Setting } from './policy-set.ts';

const folder = conformanceFolder('istio/recorded');

function collectingIo(): CliIo & { text(): string } {
  let text = '';
  return {
    out: (more) => {
      text += more;
    },
    err: () => undefined,
    readStdin: async () => '',
    color: false,
    exitCode: 0,
    text: () => text,
  };
}

/** The command line that asks for what a recorded set was asked. */
function flagsOf(setting: Setting, file: (name: string, text: string) => string): string[] {
  const { namespace, labels = {}, kind, service, serviceKind } = setting.workload;
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const web = Object.entries(setting.web ?? {}).map(
    ([url, text], index) => `${url}=${file(`web-${index}`, text)}`,
  );
  const switches = Object.entries(setting.features ?? {}).map(([name, value]) => `${name}=${String(value)}`);
  return [
    ...['--namespace', namespace],
    ...(pairs.length > 0 ? ['--labels', pairs.join(',')] : []),
    ...(kind === undefined ? [] : [`--${kind}`]),
    ...(service === undefined ? [] : ['--service', `${serviceKind}/${service}`]),
    ...(setting.mesh === undefined ? [] : ['--mesh', file('mesh.json', JSON.stringify(setting.mesh))]),
    ...web.flatMap((text) => ['--web', text]),
    ...switches.flatMap((text) => ['--istiod', text]),
  ];
}

const program = join(import.meta.dirname, '../../../src/cli/main.ts');
/** A process takes its time. */
const SPAWNED_EVERY = 25;

interface Recorded extends Setting {
  validate: unknown[];
  translate: Record<string, unknown>;
}

/** The whole answer has the recorded shape, and the recorded verdicts and filters. */
function compare(text: string, { validate, translate: { fetched: _, ...translate } }: Recorded): void {
  const answer = JSON.parse(text) as { validate: unknown[]; translate: unknown };
  assert.deepEqual(Object.keys(answer), ['validate', 'translate']);
  assert.deepEqual(answer.validate.map(countTexts), validate.map(countTexts));
  assert.deepEqual(answer.translate, translate);
}

if (folder !== null) {
  describe("`eject --filters --json` answers as istiod's translation did", () => {
    const { fileOf: file } = temporaryFolder();
    const sets = readdirSync(folder).filter((name) => name.endsWith('-in.yaml'));
    for (const set of sets) {
      it(set, async () => {
        const answer = readFileSync(join(folder, set.replace('-in.yaml', '-out.json')), 'utf8');
        const recorded = JSON.parse(answer) as Recorded;
        const io = collectingIo();
        const flags = flagsOf(recorded, file);
        assert.equal(await runProgram(['eject', '--filters', '--json', ...flags, join(folder, set)], io), 0);
        compare(io.text(), recorded);
      });
    }
    for (const set of sets.filter((_, index) => index % SPAWNED_EVERY === 0)) {
      it(`${set}, by the command itself`, () => {
        const answer = readFileSync(join(folder, set.replace('-in.yaml', '-out.json')), 'utf8');
        const recorded = JSON.parse(answer) as Recorded;
        const args = [program, 'eject', '--filters', '--json', ...flagsOf(recorded, file), join(folder, set)];
        compare(execFileSync(process.execPath, args, { encoding: 'utf8' }), recorded);
      });
    }
  });
}
