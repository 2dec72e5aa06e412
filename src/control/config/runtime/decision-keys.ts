import { keepsClusterShut } from '../checks/check-circuit-breakers.ts';
import type { RuntimeEntry } from './static-runtime.ts';

const FEATURES = 'envoy.reloadable_features.';

/** Envoy's own switches, on unless the runtime says otherwise, without which it decides on other requests than with them. */
const ON = new Set([
  'enable_new_query_param_present_match_behavior',
  'http_reject_path_with_fragment',
  'jwt_authn_add_verification_status_header',
  'jwt_authn_sanitize_payload_headers_filter_wide',
  'match_headers_individually',
  'rbac_match_headers_individually',
  'rbac_respect_ignore_path_parameters',
  'strip_dotdot_segments_with_parameters',
  'strip_path_parameters_per_segment',
]);

/** The same of those that are off unless the runtime says otherwise. */
const OFF = new Set(['enable_formatter_for_ratelimit_action_descriptor_value']);

/** Numbers that have a say in which requests there are and what their paths are, and those that change nothing. */
const NUMBERS: ReadonlyMap<string, readonly number[]> = new Map([
  [`${FEATURES}max_request_headers_count`, []],
  [`${FEATURES}max_request_headers_size_kb`, []],
  ['http_connection_manager.normalize_path', [0]],
  ['http_connection_manager.path_with_escaped_slashes_action', [0, 1]],
  ['http_connection_manager.path_with_escaped_slashes_action_enabled', [100]],
]);

/** How many connections may be open: with none nobody gets in (Envoy: active_tcp_listener.cc, tcp_listener_impl.cc). */
const LIMITS =
  /^(envoy\.resource_limits\.listener\..+\.connection_limit|overload\.global_downstream_max_connections)$/;

/** Does the runtime have Envoy decide otherwise than jotgate, which has the defaults of 1.40? */
export function changesDecisions(key: string, { flag, number, fraction }: RuntimeEntry): boolean {
  const harmless = NUMBERS.get(key);
  if (harmless !== undefined)
    return fraction !== undefined || (number !== undefined && !harmless.includes(number));
  if (keepsClusterShut(key, number) || (number === 0 && LIMITS.test(key))) return true;
  if (flag === undefined || !key.startsWith(FEATURES)) return false;
  return (flag ? OFF : ON).has(key.slice(FEATURES.length));
}
