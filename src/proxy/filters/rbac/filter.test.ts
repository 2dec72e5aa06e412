import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromJson, type JsonValue } from '@bufbuild/protobuf';
import { RBACPerRouteSchema, RBACSchema } from '#schema/envoy/extensions/filters/http/rbac/v3/rbac_pb.js';
import { compileFilter, goodFilter } from '../../../../test/fixtures/compile-filter.ts';
import { play } from '../../../../test/fixtures/filter-stream.ts';
import { Stats } from '../../stats.ts';
import type { LocalReply } from '../filter.ts';
import { rbacFactory } from './factory.ts';
import { RbacFilter, type RbacRules } from './filter.ts';

const everyone = { permissions: [{ any: true }], principals: [{ any: true }] };
const onlyA = { permissions: [{ url_path: { path: { exact: '/a' } } }], principals: [{ any: true }] };

const filterOf = (config: JsonValue) => goodFilter(rbacFactory, config);
const NAMESPACE = 'envoy.filters.http.rbac';

describe('rbac', () => {
  it('denies with 403 and names the policy that did it', async () => {
    const { filter, counters } = filterOf({ rules: { action: 'DENY', policies: { 'no entry': onlyA } } });
    const { reply, stream } = await play(filter, { path: '/a' });
    const { beforeFilters, ...words } = reply as LocalReply;
    assert.deepEqual(words, {
      status: 403,
      body: 'RBAC: access denied',
      headers: [],
      details: 'rbac_access_denied_matched_policy[no_entry]',
    });
    assert.deepEqual(counters(), { 'rbac.denied': 1 });
    assert.equal(stream.metadataIfAny, null, 'the reply is on its way before anything is told');
    beforeFilters?.();
    assert.deepEqual(Object.fromEntries(stream.metadata.get('envoy.filters.http.rbac') ?? []), {
      enforced_effective_policy_id: 'no entry',
      enforced_engine_result: 'denied',
    });
  });

  it('denies with `none` where no policy allows', async () => {
    const { filter } = filterOf({ rules: { action: 'ALLOW', policies: { a: onlyA } } });
    const { reply } = await play(filter, { path: '/b' });
    assert.equal(reply?.details, 'rbac_access_denied_matched_policy[none]');
  });

  it('by a policy without a name decides as by none, and leaves the name that is there', async () => {
    const unnamed = (action: string) => ({ rules: { action, policies: { '': onlyA } } });
    const denied = await play(filterOf(unnamed('DENY')).filter, { path: '/a' });
    assert.equal(denied.reply?.details, 'rbac_access_denied_matched_policy[none]');
    const { stream } = await play(filterOf(unnamed('ALLOW')).filter, { path: '/a' });
    assert.deepEqual(Object.fromEntries(stream.metadata.get('envoy.filters.http.rbac') ?? []), {
      enforced_engine_result: 'allowed',
    });
  });

  it('allows without rules and says nothing', async () => {
    const { filter, counters } = filterOf({});
    const { reply, stream } = await play(filter);
    assert.equal(reply, undefined);
    assert.equal(stream.metadataIfAny, null);
    assert.deepEqual(counters(), {});
  });

  it('only tells what shadow rules would have done', async () => {
    const { filter, counters } = filterOf({
      shadow_rules: { action: 'DENY', policies: { all: everyone } },
      shadow_rules_stat_prefix: 's_',
      track_per_rule_stats: true,
    });
    const { reply, stream } = await play(filter);
    assert.equal(reply, undefined);
    assert.deepEqual(stream.metadataOf(NAMESPACE), {
      s_shadow_effective_policy_id: 'all',
      s_shadow_engine_result: 'denied',
    });
    assert.deepEqual(counters(), { 'rbac.s_.policy.all.shadow_denied': 1, 'rbac.s_.shadow_denied': 1 });
  });

  it('does not let its enforced rules see what its shadow rules say', async () => {
    const value = { present_match: true };
    const metadata = { filter: NAMESPACE, path: [{ key: 'shadow_engine_result' }], value };
    const seen = { permissions: [{ any: true }], principals: [{ metadata }] };
    const { filter } = filterOf({
      rules: { policies: { seen } },
      shadow_rules: { policies: { all: everyone } },
    });
    const { reply } = await play(filter);
    assert.equal(reply?.status, 403);
  });

  it('refuses before it tells anybody', async () => {
    const { filter, counters } = filterOf({
      rules: { action: 'DENY', policies: { all: everyone } },
      shadow_rules: { policies: { all: everyone } },
    });
    const { reply, stream } = await play(filter);
    assert.equal(reply?.status, 403);
    assert.equal(stream.metadataIfAny, null);
    assert.deepEqual(counters(), { 'rbac.denied': 1, 'rbac.shadow_allowed': 1 });
  });

  it('LOG lets pass and leaves a hint for access logs', async () => {
    const { filter, counters } = filterOf({
      rules: { action: 'LOG', policies: { a: onlyA } },
      rules_stat_prefix: 'r',
    });
    const { reply, stream } = await play(filter, { path: '/a' });
    assert.equal(reply, undefined);
    assert.deepEqual(stream.metadataOf('envoy.common'), { access_log_hint: true });
    assert.deepEqual(counters(), { 'rbac.r.allowed': 1 });
  });

  it('counts a route’s rules under its own prefix, and tells of them under the route’s if it has one', async () => {
    const stats = new Stats();
    const own = fromJson(RBACSchema, { rules_stat_prefix: 'own', shadow_rules_stat_prefix: 'shade_' });
    const rules = { policies: { all: everyone } };
    const rbac = { rules, rules_stat_prefix: 'route_', shadow_rules: rules, track_per_rule_stats: true };
    let said: object | null | undefined;
    compileFilter(
      {
        schema: RBACPerRouteSchema,
        compile: (config, context) => {
          said = rbacFactory.perRoute?.compile(config, { ...context, stats }, own);
          return null;
        },
      },
      { rbac },
    );
    const filter = new RbacFilter({ origin: own, enforced: null, shadow: null }, () => said as RbacRules);
    const { stream } = await play(filter);
    assert.deepEqual(stream.metadataOf(NAMESPACE), {
      route_enforced_effective_policy_id: 'all',
      route_enforced_engine_result: 'allowed',
      shade_shadow_effective_policy_id: 'all',
      shade_shadow_engine_result: 'allowed',
    });
    assert.deepEqual(
      stats.read().filter(([, value]) => value > 0),
      [
        ['rbac.own.allowed', 1],
        ['rbac.own.policy.all.allowed', 1],
        ['rbac.shade_.policy.all.shadow_allowed', 1],
        ['rbac.shade_.shadow_allowed', 1],
      ],
    );
  });
});

describe('an RBAC matcher', () => {
  const input = {
    name: 'i',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput',
      header_name: 'x',
    },
  };
  const act = (action: string | number) => ({
    action: {
      name: 'a',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.config.rbac.v3.Action',
        name: `the ${action}`,
        action,
      },
    },
  });
  const config = {
    matcher: {
      matcher_tree: { input, exact_match_map: { map: { 1: act('ALLOW'), 2: act('DENY') } } },
    },
    track_per_rule_stats: true,
  };

  it('decides by the action that it comes to, and names it', async () => {
    const { filter, counters } = filterOf(config);
    const allowed = await play(filter, { headers: [['x', '1']] });
    assert.equal(allowed.reply, undefined);
    const denied = await play(filter, { headers: [['x', '2']] });
    assert.equal(denied.reply?.details, 'rbac_access_denied_matched_policy[the_DENY]');
    assert.deepEqual(counters(), {
      'rbac.allowed': 1,
      'rbac.denied': 1,
      'rbac.policy.the ALLOW.allowed': 1,
      'rbac.policy.the DENY.denied': 1,
    });
  });

  it('hints at what is to be logged only where one of its actions logs', async () => {
    const hintOf = async (value: string, logging: JsonValue) => {
      const { stream } = await play(filterOf(logging).filter, { headers: [['x', value]] });
      return stream.metadataIfAny?.get('envoy.common')?.get('access_log_hint');
    };
    const map = { 1: act('ALLOW'), 2: act('DENY'), 3: act('LOG') };
    const logging = { matcher: { matcher_tree: { input, exact_match_map: { map } } } };
    assert.equal(await hintOf('1', config), undefined);
    assert.equal(await hintOf('3', logging), true);
    assert.equal(await hintOf('2', logging), false);
    assert.equal(await hintOf('4', logging), undefined);
  });

  it('denies where it comes to an action without a name, as Envoy does', async () => {
    const map = { 1: act(3), 2: act(-1), 3: act('ALLOW') };
    const { filter } = filterOf({ matcher: { matcher_tree: { input, exact_match_map: { map } } } });
    const repliesTo = async (value: string) =>
      (await play(filter, { headers: [['x', value]] })).reply?.details ?? 'none';
    assert.equal(await repliesTo('1'), 'rbac_access_denied_matched_policy[the_3]');
    assert.equal(await repliesTo('2'), 'rbac_access_denied_matched_policy[the_-1]');
    assert.equal(await repliesTo('3'), 'none');
  });

  it('denies what it comes to nothing for', async () => {
    const { reply } = await play(filterOf(config).filter, { headers: [] });
    assert.equal(reply?.details, 'rbac_access_denied_matched_policy[none]');
  });

  it('refuses by name what is not done', () => {
    const unknown = {
      name: 'i',
      typed_config: { '@type': 'type.googleapis.com/google.protobuf.Duration', value: '1s' },
    };
    const { filter, findings } = compileFilter(rbacFactory, {
      matcher: { matcher_tree: { input: unknown, exact_match_map: { map: { 1: act('ALLOW') } } } },
    });
    assert.equal(filter, null);
    assert.match(findings.list[0]?.message ?? '', /input `google.protobuf.Duration` is not supported/);
  });
});
