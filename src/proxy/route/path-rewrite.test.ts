import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  RedirectActionSchema,
  RouteActionSchema,
  RouteMatchSchema,
} from '#schema/envoy/config/route/v3/route_components_pb.js';
import { Findings } from '../../resources/index.ts';
import { compilePathRewrite } from './path-rewrite.ts';
import { compileRedirect } from './redirect.ts';

const template = create(RouteMatchSchema, { pathSpecifier: { case: 'pathMatchPolicy', value: {} } });
const NO_PREFIX = 'a template matches no prefix that prefix_rewrite could replace';
const regexRewrite = { pattern: { regex: 'a' }, substitution: 'b' };

/** What is wrong with rewriting what a template matched: each as Envoy 1.40 takes or refuses it. */
function faultsOfRoute(init: MessageInitShape<typeof RouteActionSchema>): string[] {
  const findings = new Findings();
  const action = create(RouteActionSchema, init);
  compilePathRewrite(action, template, findings, action);
  return findings.list.map(({ message }) => message);
}

function faultsOfRedirect(init: MessageInitShape<typeof RedirectActionSchema>): string[] {
  const findings = new Findings();
  compileRedirect(create(RedirectActionSchema, init), template, findings);
  return findings.list.map(({ message }) => message);
}

describe('a path that a template matched', () => {
  it('has no prefix to rewrite', () => {
    assert.deepEqual(faultsOfRoute({ prefixRewrite: '/x' }), [NO_PREFIX]);
    const redirect = { pathRewriteSpecifier: { case: 'prefixRewrite', value: '/x' } } as const;
    assert.deepEqual(faultsOfRedirect(redirect), [NO_PREFIX]);
  });

  it('is rewritten by a regular expression, and replaced', () => {
    assert.deepEqual(faultsOfRoute({ regexRewrite }), []);
    const byRegex = { pathRewriteSpecifier: { case: 'regexRewrite', value: regexRewrite } } as const;
    assert.deepEqual(faultsOfRedirect(byRegex), []);
    const replaced = { pathRewriteSpecifier: { case: 'pathRedirect', value: '/x' } } as const;
    assert.deepEqual(faultsOfRedirect(replaced), []);
  });
});
