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

/** Flags that Envoy knows and nothing here sets: a filter may ask for them and finds none. */
const OTHER_FLAGS: readonly string[] =
  'LH LR UO DI FI RLSE IH URX UMSDR RFCF NFCF DT OM DF DO DR UDO LR DURATION'.split(' ');

/** `%RESPONSE_FLAGS_LONG%` for the short ones. */
export function longFlags(flags: string): string {
  if (flags === '') return '';
  return flags
    .split(',')
    .map((flag) => RESPONSE_FLAGS[flag as ResponseFlag])
    .join(',');
}
