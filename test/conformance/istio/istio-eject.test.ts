import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { CliIo } from '../../../src/cli/io.ts';
import { runProgram } from '../../../src/cli/program.ts';
import { conformanceFolder } from '../conformance-data.ts';
import type { Setting } from './policy-set.ts';

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

if (folder !== null) {
  describe("`eject --filters --json` answers as istiod's translation did", () => {
    let temporary: string;
    before(() => {
      temporary = mkdtempSync(join(tmpdir(), 'eject-'));
    });
    after(() => rmSync(temporary, { recursive: true, force: true }));
    const file = (name: string, text: string) => {
      writeFileSync(join(temporary, name), text);
      return join(temporary, name);
    };
    const sets = readdirSync(folder).filter((name) => name.endsWith('-in.yaml'));
    for (const set of sets) {
      it(set, async () => {
        const answer = readFileSync(join(folder, set.replace('-in.yaml', '-out.json')), 'utf8');
        const recorded = JSON.parse(answer) as Setting & { translate: Record<string, unknown> };
        const io = collectingIo();
        const flags = flagsOf(recorded, file);
        assert.equal(await runProgram(['eject', '--filters', '--json', ...flags, join(folder, set)], io), 0);
        const { fetched: _, ...translate } = recorded.translate;
        assert.deepEqual((JSON.parse(io.text()) as { translate: unknown }).translate, translate);
      });
    }
  });
}
