import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { runCli } from './fixtures/collecting-io.ts';

const root = join(import.meta.dirname, '..');
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');
const recipes: Readonly<Record<string, string>> = {
  'the workflow': read('examples/06-ci/.github/workflows/policies.yml'),
  'the hooks of a repository': read('examples/06-ci/.pre-commit-config.yaml'),
  'the hooks of this repository': read('.pre-commit-hooks.yaml'),
  'the guide': read('docs/guides/ci.md'),
};

/** Command and flags of each `jotgate …` of a text. */
const commandsIn = (text: string) =>
  [...text.matchAll(/\bjotgate ([a-z]+)((?: --?[\w-]+(?: (?:github|sarif|junit|tap))?)*)/g)].map((found) => ({
    command: found[1] as string,
    flags: (found[2] as string)
      .trim()
      .split(/\s+/)
      .filter((word) => word.startsWith('--')),
  }));

describe('the recipes for continuous integration', () => {
  for (const [name, text] of Object.entries(recipes)) {
    it(`${name}: names commands and flags that there are`, async () => {
      const commands = commandsIn(text);
      assert.ok(commands.length > 1);
      for (const { command, flags } of commands) {
        const { exitCode, out } = await runCli([command, '--help']);
        assert.equal(exitCode, 0, command);
        for (const flag of flags) assert.ok(out.includes(flag), `${command} ${flag}`);
      }
    });
  }
  it('the workflow is one', () => {
    const { jobs } = parse(recipes['the workflow'] as string) as { jobs: { policies: { steps: object[] } } };
    for (const step of jobs.policies.steps) assert.ok('uses' in step || 'run' in step);
  });
  it('hooks have what pre-commit requires, and take the files that they are for', () => {
    const hooks = parse(recipes['the hooks of this repository'] as string) as Record<string, string>[];
    for (const hook of hooks) for (const key of ['id', 'name', 'entry', 'language']) assert.ok(hook[key]);
    const [validate, test] = hooks.map((hook) => new RegExp(hook['files'] as string));
    for (const file of ['envoy.yaml', 'a/envoy-jwt.yaml', 'istio.yml'])
      assert.match(file, validate as RegExp);
    for (const file of ['a/weather.test.yaml']) assert.match(file, test as RegExp);
    assert.doesNotMatch('package.json', validate as RegExp);
    assert.match('envoy.test.yaml', new RegExp(hooks[0]?.['exclude'] as string));
  });
  it('the workflow compares with the branch before, and has nothing to say of a file that is new', () => {
    const { jobs } = parse(recipes['the workflow'] as string) as {
      jobs: { policies: { steps: { run?: string }[] } };
    };
    const script = jobs.policies.steps.at(-1)?.run ?? '';
    const folder = mkdtempSync(join(tmpdir(), 'jotgate-ci-'));
    const summary = join(folder, 'summary.md');
    const run = (command: string) => {
      const env = { ...process.env, GITHUB_BASE_REF: 'main', GITHUB_STEP_SUMMARY: summary };
      const npx = `npx() { shift; "${process.execPath}" "${join(root, 'src', 'cli', 'main.ts')}" "$@"; }`;
      return execFileSync('bash', ['-e', '-c', `${npx}\n${command}`], { cwd: folder, env, stdio: 'pipe' });
    };
    try {
      const commit = 'git add -A && git -c user.name=a -c user.email=a@b.test commit -qm x --allow-empty';
      const base = `${commit} && git update-ref refs/remotes/origin/main HEAD`;
      writeFileSync(summary, '');
      run(`git init -q && ${base} && mkdir gateway`);
      const text = read('examples', '01-front-proxy', 'envoy-jwt.yaml');
      writeFileSync(join(folder, 'gateway', 'envoy.yaml'), text);
      run(script);
      assert.equal(readFileSync(summary, 'utf8'), '');
      run(base);
      writeFileSync(join(folder, 'gateway', 'envoy.yaml'), text.replace('prefix: /docs', 'path: /docs'));
      run(script);
      assert.match(
        readFileSync(summary, 'utf8'),
        /^```\nkept out [\s\S]*class(?:es)? of requests changes?: [\s\S]*\n```\n$/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
