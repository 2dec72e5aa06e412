import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runCli } from './fixtures/collecting-io.ts';
import { parseXml, type XmlElement } from './fixtures/parse-xml.ts';

const root = join(import.meta.dirname, '..');
const broken = readdirSync(join(root, 'test/golden/broken-configs'))
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => `test/golden/broken-configs/${name}`);
const trapped = readdirSync(join(root, 'test/golden/lints')).map(
  (name) => `test/golden/lints/${name}/bad.yaml`,
);
const files = [
  ...broken,
  ...trapped,
  'examples/01-front-proxy/envoy-jwt.yaml',
  'examples/03-trains/envoy-trains.yaml',
];

const validate = async (format: string) =>
  (await runCli(['validate', '--each', '--format', format, ...files.map((file) => join(root, file))])).out;

type Json = Record<string, unknown>;
const list = (value: unknown) => value as Json[];

describe('each format says of every finding what it has to', () => {
  it('SARIF 2.1.0: what the standard requires, and a place that there is', async () => {
    const log = JSON.parse(await validate('sarif')) as Json;
    assert.equal(log['version'], '2.1.0');
    const [run = {}] = list(log['runs']);
    const { driver } = run['tool'] as { driver: Json };
    assert.equal(typeof driver['name'], 'string');
    assert.equal(run['columnKind'], 'utf16CodeUnits');
    const ids = list(driver['rules']).map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const { id, shortDescription, fullDescription } of list(driver['rules'])) {
      assert.match(String(id), /^[EWL]\d+$/);
      for (const text of [shortDescription, fullDescription]) assert.ok((text as Json)['text']);
    }
    const results = list(run['results']);
    assert.ok(results.length > 50);
    for (const result of results) checkResult(result, ids);
  });

  it('JUnit: counts that are right, and a name for every case', async () => {
    const suites = parseXml(await validate('junit'));
    assert.equal(suites.name, 'testsuites');
    assert.equal(suites.children.length, files.length);
    for (const suite of suites.children) checkSuite(suite);
    const sum = (name: string) =>
      suites.children.reduce((all, suite) => all + Number(suite.attributes[name]), 0);
    for (const name of ['tests', 'failures']) assert.equal(Number(suites.attributes[name]), sum(name));
  });

  it('GitHub: one command a line, with file, line and column', async () => {
    const lines = (await validate('github')).trimEnd().split('\n');
    const { findings } = JSON.parse(await validate('json')) as { findings: Json[] };
    assert.equal(lines.length, findings.length);
    for (const line of lines) {
      assert.match(
        line,
        /^::(?:error|warning) file=[^:,]+,line=\d+,col=\d+,endColumn=\d+,title=[EWL]\d+::\S/,
      );
    }
  });

  it('GitHub: no control character of a file gets to a terminal', async () => {
    const { out } = await runCli(
      ['validate', '--format', 'github', '-'],
      '"static_resource\\u001b[31m\\r": 1\n',
    );
    assert.match(out, /^::error file=<stdin>,\S+::unknown field `static_resource\ufffd\[31m\ufffd`/);
  });

  it('JSON: all of a finding', async () => {
    const { findings } = JSON.parse(await validate('json')) as { findings: Json[] };
    for (const finding of findings) {
      const { code, severity, message, envoy, file, line, column } = finding;
      assert.ok(
        [code, severity, message, envoy, file].every((text) => typeof text === 'string' && text !== ''),
      );
      assert.ok(Number(line) >= 1 && Number(column) >= 1);
    }
  });
});

function checkResult({ ruleId, ruleIndex, level, message, locations }: Json, ids: readonly unknown[]): void {
  assert.equal(ids[Number(ruleIndex)], ruleId);
  assert.ok(level === 'error' || level === 'warning');
  assert.ok((message as Json)['text']);
  for (const { physicalLocation } of list(locations)) {
    const { artifactLocation, region } = physicalLocation as {
      artifactLocation: Json;
      region: Record<string, number>;
    };
    assert.ok(URL.canParse(String(artifactLocation['uri']), 'file:///'));
    const { startLine = 0, startColumn = 0, endColumn = 0 } = region;
    assert.ok(startLine >= 1 && startColumn >= 1 && endColumn >= startColumn);
  }
}

function checkSuite({ name, attributes, children }: XmlElement): void {
  assert.equal(name, 'testsuite');
  assert.equal(Number(attributes['tests']), children.length);
  const failed = children.filter((one) => one.children.some((child) => child.name === 'failure'));
  assert.equal(Number(attributes['failures']), failed.length);
  for (const one of children)
    assert.ok(one.name === 'testcase' && one.attributes['name'] && one.attributes['classname']);
}
