export { type Descriptor, type DescriptorEntry, descriptorKey, renderDescriptor } from './descriptor.ts';
export {
  type Admission,
  type Count,
  type DescriptorLimit,
  isMade,
  type LimiterRules,
  LocalLimiter,
  type MatchedBucket,
} from './local-limiter.ts';
export { Takings } from './takings.ts';
export type { BucketLimit, TokenBucket } from './token-bucket.ts';
