import { IpSchema } from '#schema/envoy/extensions/matching/input_matchers/ip/v3/ip_pb.js';
import { MetadataSchema } from '#schema/envoy/extensions/matching/input_matchers/metadata/v3/metadata_pb.js';
import type { TypedExtensionConfig } from '#schema/xds/core/v3/extension_pb.js';
import { CelMatcherSchema } from '#schema/xds/type/matcher/v3/cel_pb.js';
import type { Matcher_MatcherList_Predicate_SinglePredicate as SinglePredicate } from '#schema/xds/type/matcher/v3/matcher_pb.js';
import {
  compileStringMatcher,
  compileValueMatcher,
  createIpRange,
  type StringMatcherConfig,
  type ValueMatcherConfig,
  wantedUnder,
} from '../../../core/match/index.ts';
import { compileCelMatcher, type RbacSubject } from '../../../core/rbac/index.ts';
import { typeNameOf, unpackAny } from '../../../resources/index.ts';
import {
  compileMatchInput,
  type MatchContext,
  type MatchInput,
  type ReadInput,
  UNAVAILABLE,
  type Unavailable,
} from './match-input.ts';
import { showInput } from './show-input.ts';

/** A compiled test of what one input reads. */
export interface ValueTest {
  readonly wants: string;
  test(subject: RbacSubject): boolean | Unavailable;
  /** What is looked at, for a person. */
  show(subject: RbacSubject): string;
}

/** Compiles a `single_predicate`; null after an error. */
export function compileValueTest(config: SinglePredicate, context: MatchContext): ValueTest | null {
  const input = compileMatchInput(config.input, context);
  const { matcher } = config;
  switch (matcher.case) {
    case 'valueMatch': {
      const text = compileStringMatcher(matcher.value as StringMatcherConfig, context.refuse);
      if (input === null || text === null) return null;
      if (input.kind === 'attributes') return refuseInput(config, input, context);
      return onText(input, text.wants, (value) => text.matches(value));
    }
    case 'customMatch':
      return input && compileCustom(config, matcher.value, input, context);
    case undefined:
      context.refuse('a predicate needs `value_match` or `custom_match`', config);
      return null;
  }
}

function compileCustom(
  config: SinglePredicate,
  { typedConfig }: TypedExtensionConfig,
  input: MatchInput,
  context: MatchContext,
): ValueTest | null {
  const type = typedConfig === undefined ? '' : typeNameOf(typedConfig);
  const isCel = type === CelMatcherSchema.typeName;
  if (isCel && input.kind === 'attributes')
    return compileCel(unpackAny(CelMatcherSchema, typedConfig as never), context);
  if (isCel || input.kind === 'attributes') return refuseInput(config, input, context);
  switch (type) {
    case IpSchema.typeName: {
      const { cidrRanges } = unpackAny(IpSchema, typedConfig as never);
      const ranges = cidrRanges.map((cidr) => {
        const range = createIpRange(cidr.addressPrefix, cidr.prefixLen);
        if (range === null) {
          context.refuse(`malformed IP address: \`${cidr.addressPrefix}\``, cidr, 'address_prefix');
        }
        return range;
      });
      if (ranges.includes(null)) return null;
      const wants = `in ${ranges.map((range) => range?.wants).join(' or ')}`;
      return onText(input, wants, (value) => ranges.some((range) => range?.contains(value)));
    }
    case MetadataSchema.typeName: {
      const { value, invert } = unpackAny(MetadataSchema, typedConfig as never);
      return compileMetadata(value as ValueMatcherConfig | undefined, invert, input, config, context);
    }
    default:
      context.refuse(
        `\`custom_match\` of the type \`${type}\` is not supported`,
        config,
        'custom_match',
        'accepts',
      );
      return null;
  }
}

function refuseInput(config: SinglePredicate, { name }: MatchInput, { refuse }: MatchContext): null {
  refuse(`the matcher cannot look at the input \`${name}\``, config, 'input');
  return null;
}

/** Metadata is no text, even where it holds one: nothing that wants a text matches it (Envoy: string_matcher, ip_matcher). */
function onText(input: ReadInput, wants: string, test: (value: string) => boolean): ValueTest {
  const read = input.kind === 'text' ? input.read : () => undefined;
  return {
    wants: `${input.name} ${input.kind === 'text' ? wantedUnder(input.name, wants) : wants}`,
    show: (subject) => showInput(input, subject),
    test(subject) {
      const value = read(subject);
      return value === UNAVAILABLE ? UNAVAILABLE : value !== undefined && test(value);
    },
  };
}

/** Only of metadata; another input does not match it, inverted or not. */
function compileMetadata(
  config: ValueMatcherConfig | undefined,
  invert: boolean,
  input: ReadInput,
  about: object,
  { refuse }: MatchContext,
): ValueTest | null {
  const matcher = compileValueMatcher(config, refuse, about);
  if (matcher === null) return null;
  if (input.kind !== 'metadata') return onText(input, 'to be metadata', () => false);
  return {
    wants: `${input.name} ${invert ? 'not ' : ''}${matcher.wants}`,
    show: (subject) => showInput(input, subject),
    test: (subject) => matcher.matches(input.read(subject)) !== invert,
  };
}

function compileCel(config: ReturnType<typeof unpackCel>, context: MatchContext): ValueTest | null {
  const specifier = config.exprMatch?.exprSpecifier;
  const expression = specifier?.value?.expr;
  if (expression === undefined) {
    context.refuse('a CEL matcher needs an expression', config, 'expr_match');
    return null;
  }
  const compiled = compileCelMatcher(expression, context);
  if (compiled === null) return null;
  return {
    wants: 'its CEL expression to be true',
    show: () => config.description || 'the CEL expression',
    test: (subject) => compiled.holds(subject) ?? UNAVAILABLE,
  };
}

const unpackCel = (any: Parameters<typeof unpackAny>[1]) => unpackAny(CelMatcherSchema, any);
