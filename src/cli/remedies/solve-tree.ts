import { ActionSchema } from '#schema/envoy/config/rbac/v3/rbac_pb.js';
import { ServerNameInputSchema } from '#schema/envoy/extensions/matching/common_inputs/network/v3/network_inputs_pb.js';
import { HttpRequestHeaderMatchInputSchema } from '#schema/envoy/type/matcher/v3/http_inputs_pb.js';
import type { StringMatcher } from '#schema/envoy/type/matcher/v3/string_pb.js';
import type { TypedExtensionConfig } from '#schema/xds/core/v3/extension_pb.js';
import type {
  Matcher,
  Matcher_OnMatch as OnMatch,
  Matcher_MatcherList_Predicate as Predicate,
} from '#schema/xds/type/matcher/v3/matcher_pb.js';
import { typeNameOf, unpackAny } from '../../resources/index.ts';
import type { TextAtom } from '../policy-diff/text-atom.ts';
import { type Alternative, constant, product, type Slot, union } from './constraint.ts';
import { slotOfHeader, stringAlternatives } from './solve-matchers.ts';

const DENY = 1;

/** What has to be so for a tree of matchers to come to an action that lets pass. Which branch comes first is left to the trial. */
export function treeAlternatives({ matcherType: type, onNoMatch }: Matcher): Alternative[] {
  const otherwise = onNoMatch === undefined ? [] : onMatchAlternatives(onNoMatch);
  if (type.case === 'matcherList') {
    const { matchers } = type.value;
    const members = matchers.map(({ predicate, onMatch }) =>
      predicate === undefined || onMatch === undefined
        ? []
        : product([predicateAlternatives(predicate, true), onMatchAlternatives(onMatch)]),
    );
    const none = matchers.map(({ predicate }) =>
      predicate === undefined ? constant(true) : predicateAlternatives(predicate, false),
    );
    return union([...members, product([otherwise, ...none])]);
  }
  if (type.case !== 'matcherTree') return otherwise;
  const { input, treeType } = type.value;
  const slot = slotOfInput(input);
  if (slot === null || (treeType.case !== 'exactMatchMap' && treeType.case !== 'prefixMatchMap'))
    return constant(true);
  const kind = treeType.case === 'exactMatchMap' ? 'exact' : 'prefix';
  const branches = Object.entries(treeType.value.map).map(([text, onMatch]) =>
    product([[[textConstraint(slot, { kind, text, ignoreCase: false })]], onMatchAlternatives(onMatch)]),
  );
  const other = { slot, test: () => true, atoms: [], candidates: () => ['~other'] };
  return union([...branches, product([[[other]], otherwise])]);
}

function textConstraint(slot: Slot, atom: TextAtom) {
  const test = (value: unknown) =>
    typeof value === 'string' && (atom.kind === 'exact' ? value === atom.text : value.startsWith(atom.text));
  return { slot, test, atoms: [atom] };
}

function onMatchAlternatives({ onMatch }: OnMatch): Alternative[] {
  if (onMatch.case === 'matcher') return treeAlternatives(onMatch.value);
  const any = onMatch.value?.typedConfig;
  if (any === undefined || typeNameOf(any) !== ActionSchema.typeName) return [];
  return constant(unpackAny(ActionSchema, any).action !== DENY);
}

function predicateAlternatives({ matchType: type }: Predicate, want: boolean): Alternative[] {
  switch (type.case) {
    case 'notMatcher':
      return predicateAlternatives(type.value, !want);
    case 'orMatcher':
    case 'andMatcher': {
      const members = type.value.predicate.map((member) => predicateAlternatives(member, want));
      return (type.case === 'orMatcher') === want ? union(members) : product(members);
    }
    case 'singlePredicate': {
      const { input, matcher } = type.value;
      const slot = slotOfInput(input);
      if (slot === null || matcher.case !== 'valueMatch') return constant(true);
      return stringAlternatives(slot, matcher.value as unknown as StringMatcher, want);
    }
    case undefined:
      return constant(true);
  }
}

function slotOfInput(input: TypedExtensionConfig | undefined): Slot | null {
  const any = input?.typedConfig;
  if (any === undefined) return null;
  if (typeNameOf(any) === ServerNameInputSchema.typeName) return { kind: 'serverName' };
  if (typeNameOf(any) !== HttpRequestHeaderMatchInputSchema.typeName) return null;
  return slotOfHeader(unpackAny(HttpRequestHeaderMatchInputSchema, any).headerName);
}
