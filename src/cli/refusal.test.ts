import assert from 'node:assert/strict';
import { it } from 'node:test';
import { TreeRecorder } from '../base/index.ts';
import { Provenance } from '../resources/index.ts';
import { refusalPath, renderPlace } from './refusal.ts';

it('a refusal is the chain of denying steps, outermost first, each with its own place', () => {
  const filter = {};
  const rule = {};
  const provenance = new Provenance();
  provenance.set(filter, { file: 'a.yaml', line: 3, column: 1, length: 1 }, 'filter');
  provenance.set(rule, { file: 'a.yaml', line: 9, column: 5, length: 4 }, 'filter.rules[0]');
  const recorder = new TreeRecorder();
  recorder.open('route', '/', {});
  recorder.close('ok');
  recorder.open('filter', 'jwt_authn', filter);
  recorder.open('rule', 'prefix /docs', {});
  recorder.close('no');
  recorder.open('rule', 'prefix /', rule);
  recorder.open('provider', 'p');
  recorder.note('no token');
  recorder.close('no');
  recorder.close('deny', 'Jwt is missing');
  recorder.close('deny');
  const path = refusalPath(recorder.root, provenance);
  assert.deepEqual(
    path.map((step) => `${step.text} ${renderPlace(step.at)}`),
    ['filter jwt_authn a.yaml:3', 'rule prefix /: Jwt is missing a.yaml:9', 'provider p: no token '],
  );
});

it('an admitted request has no refusal', () => {
  const recorder = new TreeRecorder();
  recorder.open('filter', 'jwt_authn');
  recorder.close('ok');
  assert.deepEqual(refusalPath(recorder.root, new Provenance()), []);
});
