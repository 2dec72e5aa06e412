import {
  type AccessLogFilter,
  type ComparisonFilter,
  type MetadataFilter,
  ComparisonFilter_Op as Op,
} from '#schema/envoy/config/accesslog/v3/accesslog_pb.js';
import type { HeaderMatcher } from '#schema/envoy/config/route/v3/route_components_pb.js';
import { compileHeaderMatcher, compileMetadataMatcher, findMetadata } from '../../core/match/index.ts';
import type { Findings } from '../../resources/index.ts';
import type { FormatSource, Progress } from '../format/format-source.ts';
import { refuseField, refuseInto } from '../refusals.ts';

/** Whether an exchange is logged, or a local reply rewritten. */
export type LogFilter = (source: FormatSource) => boolean;

const NOT_DONE = {
  traceableFilter: 'traceable_filter',
  runtimeFilter: 'runtime_filter',
  grpcStatusFilter: 'grpc_status_filter',
  extensionFilter: 'extension_filter',
  logTypeFilter: 'log_type_filter',
} as const;

/** Compiles a filter (Envoy: access_log_impl.cc); null after an error. */
export function compileLogFilter(config: AccessLogFilter, findings: Findings): LogFilter | null {
  const specifier = config.filterSpecifier;
  switch (specifier.case) {
    case 'statusCodeFilter':
      return compileComparison(specifier.value.comparison, ({ status }) => status);
    case 'durationFilter':
      return compileComparison(specifier.value.comparison, ({ durationMs }) => Math.trunc(durationMs));
    // Health checks pass through no filter of jotgate's that could answer them.
    case 'notHealthCheckFilter':
      return () => true;
    case 'andFilter': {
      const all = compileAll(specifier.value.filters, findings);
      return all && ((source) => all.every((filter) => filter(source)));
    }
    case 'orFilter': {
      const any = compileAll(specifier.value.filters, findings);
      return any && ((source) => any.some((filter) => filter(source)));
    }
    case 'headerFilter':
      return specifier.value.header === undefined
        ? null
        : compileHeaderFilter(specifier.value.header, findings);
    case 'responseFlagFilter': {
      const { flags } = specifier.value;
      if (flags.length === 0) return ({ progress }) => (progress?.flags ?? '') !== '';
      return ({ progress }) => (progress?.flags ?? '').split(',').some((flag) => flags.includes(flag));
    }
    case 'metadataFilter':
      return compileMetadataFilter(specifier.value, findings);
    case undefined:
      refuseInto(findings)('a filter needs one of `filter_specifier`', config);
      return null;
    default:
      refuseField(findings, config, NOT_DONE[specifier.case]);
      return null;
  }
}

function compileAll(configs: readonly AccessLogFilter[], findings: Findings): LogFilter[] | null {
  const filters = configs.map((config) => compileLogFilter(config, findings));
  return filters.includes(null) ? null : (filters as LogFilter[]);
}

function compileHeaderFilter(header: HeaderMatcher, findings: Findings): LogFilter | null {
  const matcher = compileHeaderMatcher(header, refuseInto(findings));
  return matcher && (({ request }) => matcher.matches(request, null));
}

function compileComparison(
  comparison: ComparisonFilter | undefined,
  find: (progress: Progress) => number,
): LogFilter {
  const wanted = comparison?.value?.defaultValue ?? 0;
  const compare = COMPARE[comparison?.op ?? Op.EQ];
  return ({ progress }) => progress !== undefined && compare(find(progress), wanted);
}

const COMPARE: Readonly<Record<Op, (found: number, wanted: number) => boolean>> = {
  [Op.EQ]: (found, wanted) => found === wanted,
  [Op.GE]: (found, wanted) => found >= wanted,
  [Op.LE]: (found, wanted) => found <= wanted,
  [Op.NE]: (found, wanted) => found !== wanted,
};

/** What is not there is logged unless `match_if_key_not_found` says otherwise. */
function compileMetadataFilter(config: MetadataFilter, findings: Findings): LogFilter | null {
  const { matcher: wanted, matchIfKeyNotFound: whenAbsent = true } = config;
  if (wanted === undefined) return () => whenAbsent;
  // What is there is judged by its value alone: `invert` has no say (Envoy: access_log_impl.cc, MetadataFilter).
  const matcher = compileMetadataMatcher({ ...wanted, invert: false }, refuseInto(findings));
  const path = wanted.path.map(({ segment }) => segment.value ?? '');
  return (
    matcher &&
    (({ metadataIfAny }) =>
      findMetadata(metadataIfAny, wanted.filter, path) === undefined
        ? whenAbsent
        : matcher.matches(metadataIfAny, null))
  );
}
