import type { RouteAction } from '#schema/envoy/config/route/v3/route_components_pb.js';
import { compileRegexRewrite, lowerAscii, toByteString, withoutQuery } from '../../core/match/index.ts';
import type { Findings } from '../../resources/index.ts';
import type { FormatSource } from '../format/format-source.ts';
import { reportFormat } from '../format/report-refusal.ts';
import { headerOf } from '../format/request-operators.ts';
import { compileTextFormat } from '../format/text-format.ts';
import type { RequestHead } from '../http/request-head.ts';
import { refuseInto } from '../refusals.ts';

/** How a route changes the host that is forwarded (Envoy: config_impl.cc, finalizeHostHeader). */
export interface HostRewrite {
  /** A byte string; empty: the host stays as it is. */
  hostFor(source: FormatSource): string;
}

/** What a route says of the host. */
export interface HostRule {
  rewrite: HostRewrite | null;
  /** `auto_host_rewrite`: the name of the upstream's host takes its place. */
  byUpstream: boolean;
}

/** Compiles `host_rewrite_specifier`; null for an error. */
export function compileHostRewrite(action: RouteAction, findings: Findings): HostRule | null {
  const specifier = action.hostRewriteSpecifier;
  switch (specifier.case) {
    case undefined:
      return { rewrite: null, byUpstream: false };
    case 'autoHostRewrite':
      return { rewrite: null, byUpstream: specifier.value.value };
    case 'hostRewriteLiteral': {
      const host = toByteString(specifier.value);
      return ruleOf({ hostFor: () => host });
    }
    case 'hostRewriteHeader': {
      const name = lowerAscii(specifier.value);
      return ruleOf(name === '' ? null : { hostFor: ({ request }) => headerOf(request, name) ?? '' });
    }
    case 'hostRewritePathRegex': {
      const regex = compileRegexRewrite(specifier.value, refuseInto(findings));
      return regex && ruleOf({ hostFor: ({ request }) => regex.replaceAll(withoutQuery(request.path)) });
    }
    case 'hostRewrite': {
      const compiled = compileTextFormat(specifier.value, '-');
      if ('format' in compiled) return ruleOf({ hostFor: (source) => compiled.format.render(source) });
      reportFormat(compiled.refusal, '`host_rewrite`', action, 'host_rewrite', findings);
      return null;
    }
  }
}

const ruleOf = (rewrite: HostRewrite | null): HostRule => ({ rewrite, byUpstream: false });

/** What is written down of a host that is replaced. */
export interface HostMarks {
  /** `x-envoy-original-host`, unless `suppress_envoy_headers`. */
  original: boolean;
  /** `append_x_forwarded_host`. */
  forwarded: boolean;
}

/** Puts another host in a request's place (Envoy: Http::Utility::updateAuthority). */
export function replaceHost(request: RequestHead, host: string, marks: HostMarks): void {
  const { headers, authority } = request;
  if (marks.original && authority !== '') headers.set('x-envoy-original-host', authority);
  if (marks.forwarded && authority !== '') {
    const before = headers.get('x-forwarded-host') ?? '';
    if (before === '') headers.set('x-forwarded-host', authority);
    else if (lastOf(before) !== authority) headers.set('x-forwarded-host', `${before},${authority}`);
  }
  request.authority = host;
}

/** The last that is not empty; a blank before it counts. */
function lastOf(list: string): string | undefined {
  return list.split(',').findLast((entry) => entry !== '');
}
