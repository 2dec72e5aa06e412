/** Envoy's response flags that jotgate can meet: short name and long (Envoy: stream_info/utility.h). */
export const RESPONSE_FLAGS = {
  UH: 'NoHealthyUpstream',
  UT: 'UpstreamRequestTimeout',
  UR: 'UpstreamRemoteReset',
  UF: 'UpstreamConnectionFailure',
  UC: 'UpstreamConnectionTermination',
  NR: 'NoRouteFound',
  RL: 'RateLimited',
  UAEX: 'UnauthorizedExternalService',
  DC: 'DownstreamConnectionTermination',
  SI: 'StreamIdleTimeout',
  DPE: 'DownstreamProtocolError',
  UPE: 'UpstreamProtocolError',
  NC: 'NoClusterFound',
} as const;

export type ResponseFlag = keyof typeof RESPONSE_FLAGS;

/** `%RESPONSE_FLAGS_LONG%` for the short ones. */
export function longFlags(flags: string): string {
  if (flags === '') return '';
  return flags
    .split(',')
    .map((flag) => RESPONSE_FLAGS[flag as ResponseFlag])
    .join(',');
}
