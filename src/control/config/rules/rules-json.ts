import type { Bounds } from './number-range.ts';

/**
 * A field's `validate.rules` (protoc-gen-validate) in protobuf's JSON, in which 64-bit numbers and durations are text: what Envoy's
 * protos use of it. Besides `message` at most one is there.
 */
export interface FieldRules {
  message?: { required?: boolean };
  string?: StringRules;
  bool?: { const?: boolean };
  enum?: EnumRules;
  duration?: Bounds<string> & { required?: boolean };
  any?: { required?: boolean };
  bytes?: { minLen?: string; maxLen?: string };
  repeated?: RepeatedRules;
  map?: { minPairs?: string; keys?: FieldRules };
  double?: Bounds<number>;
  uint32?: Bounds<number>;
  uint64?: Bounds<string>;
}

/** Lengths are in characters or, where they say so, in bytes. */
export interface StringRules {
  minLen?: string;
  maxLen?: string;
  minBytes?: string;
  maxBytes?: string;
  in?: string[];
  pattern?: string;
  prefix?: string;
  suffix?: string;
  wellKnownRegex?: 'HTTP_HEADER_NAME' | 'HTTP_HEADER_VALUE';
  /** True where it is not there. */
  strict?: boolean;
  ignoreEmpty?: boolean;
}

export interface EnumRules {
  definedOnly?: boolean;
  notIn?: number[];
}

export interface RepeatedRules {
  minItems?: string;
  maxItems?: string;
  unique?: boolean;
  items?: FieldRules;
}
