import {
  type Config_KeyValuePair as PairConfig,
  type Config_Rule as RuleConfig,
  Config_ValueEncode as ValueEncode,
  type Config_ValueType as ValueType,
} from '#schema/envoy/extensions/filters/http/header_to_metadata/v3/header_to_metadata_pb.js';
import {
  compileRegexRewrite,
  lowerAscii,
  type RegexRewrite,
  toByteString,
} from '../../../core/match/index.ts';
import type { Findings } from '../../../resources/index.ts';
import { refuseField, refuseInto } from '../../refusals.ts';

/** Where a value goes, and what is made of it on the way. */
export interface MetadataTarget {
  namespace: string;
  key: string;
  /** Takes the place of what was found; empty: it does not. A byte string, as all values are. */
  constant: string;
  rewrite: RegexRewrite | null;
  type: ValueType;
  isBase64: boolean;
}

/** One rule: a header or a cookie, what to write where it is there and where it is not. */
export interface MetadataRule {
  source: { kind: 'header' | 'cookie'; name: string };
  present: MetadataTarget | null;
  missing: MetadataTarget | null;
  removes: boolean;
  origin: RuleConfig;
}

const OWN_NAMESPACE = 'envoy.filters.http.header_to_metadata';

/** Compiles a rule; errors, in Envoy's words, go to the findings. */
export function compileRule(config: RuleConfig, findings: Findings): MetadataRule {
  const refusal = refusalOf(config);
  if (refusal !== null) {
    findings.report({ code: 'E122', severity: 'error', message: refusal, envoy: 'refuses', about: config });
  }
  if (config.remove && /^(?::.*|host)$/i.test(config.header)) {
    refuseField(findings, config, 'remove', ' for a pseudo-header');
  }
  return {
    source:
      config.header === ''
        ? { kind: 'cookie', name: toByteString(config.cookie) }
        : { kind: 'header', name: lowerAscii(config.header) },
    present: compileTarget(config.onHeaderPresent, findings),
    missing: compileTarget(config.onHeaderMissing, findings),
    removes: config.remove,
    origin: config,
  };
}

/** Envoy: header_to_metadata_filter.cc, Rule::Rule. */
function refusalOf({ header, cookie, onHeaderPresent, onHeaderMissing, remove }: RuleConfig): string | null {
  if (header !== '' && cookie !== '') return 'Cannot specify both header and cookie in the same rule';
  if (header === '' && cookie === '') return 'One of Cookie or Header option needs to be specified';
  if (onHeaderPresent === undefined && onHeaderMissing === undefined) {
    const name = header === '' ? `cookie '${cookie}'` : `header '${header}'`;
    return `header to metadata filter: rule for ${name} has neither \`on_header_present\` nor \`on_header_missing\` set`;
  }
  if (onHeaderPresent !== undefined && onHeaderPresent.value !== '' && onHeaderPresent.regexValueRewrite) {
    return 'Cannot specify both value and regex_value_rewrite';
  }
  if (cookie !== '' && remove) return 'Cannot specify remove for cookie';
  if (onHeaderMissing !== undefined && onHeaderMissing.value === '') {
    return 'Cannot specify on_header_missing rule with an empty value';
  }
  return null;
}

function compileTarget(config: PairConfig | undefined, findings: Findings): MetadataTarget | null {
  if (config === undefined) return null;
  const rewrite = config.regexValueRewrite;
  return {
    namespace: config.metadataNamespace === '' ? OWN_NAMESPACE : config.metadataNamespace,
    key: config.key,
    constant: toByteString(config.value),
    rewrite: rewrite === undefined ? null : compileRegexRewrite(rewrite, refuseInto(findings)),
    type: config.type,
    isBase64: config.encode === ValueEncode.BASE64,
  };
}
