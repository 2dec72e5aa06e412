export { Takings } from '../../core/ratelimit/index.ts';
export { type Chance, type Drawn, ReplayedChance } from '../chance.ts';
export { type CompileOptions, compileSnapshot } from '../compiled/compile-snapshot.ts';
export type {
  CompiledConnectionManager,
  CompiledFilterChain,
  CompiledListener,
  CompiledSnapshot,
} from '../compiled/compiled-listener.ts';
export type { ConnectionInfo, JwksFetcher, JwksRequest, UpstreamCaller } from '../filters/filter.ts';
export type { RequestHead } from '../http/request-head.ts';
export { Kept } from '../kept.ts';
export { buildRequestHead, type RequestWords } from './build-request.ts';
export { type Branch, exploreChance } from './explore-chance.ts';
export { writeRequestHead } from './read-head.ts';
export { ClaimRedactor } from './redact-claims.ts';
export { type Rehearsal, rehearse } from './rehearse.ts';
export { isRefusal, type Verdict } from './verdict.ts';
