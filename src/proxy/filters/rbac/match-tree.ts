import type { TypedExtensionConfig } from '#schema/xds/core/v3/extension_pb.js';
import type {
  Matcher,
  Matcher_OnMatch as OnMatch,
  Matcher_MatcherList_Predicate as Predicate,
  Matcher_MatcherList_Predicate_SinglePredicate as SinglePredicate,
  Matcher_MatcherTree as Tree,
} from '#schema/xds/type/matcher/v3/matcher_pb.js';
import {
  compileStringMatcher,
  type Refuse,
  type StringMatcherConfig,
  toByteString,
} from '../../../core/match/index.ts';
import type { RbacSubject } from '../../../core/rbac/index.ts';
import { compileMatchInput, type MatchInput } from './match-input.ts';

/** A compiled `xds.type.matcher.v3.Matcher`: what a request comes to; null where nothing in it matches. */
export type MatchTree<Outcome> = (subject: RbacSubject) => Outcome | null;

/** Compiles the actions of a tree; null after an error. */
export type CompileAction<Outcome> = (action: TypedExtensionConfig) => Outcome | null;

/** Compiles a tree of matchers (Envoy: common/matcher). A branch without a match leaves the choice to those after it. */
export function compileMatchTree<Outcome>(
  config: Matcher,
  action: CompileAction<Outcome>,
  refuse: Refuse,
): MatchTree<Outcome> | null {
  const otherwise = config.onNoMatch === undefined ? none : compileOnMatch(config.onNoMatch, action, refuse);
  const { matcherType: type } = config;
  switch (type.case) {
    case 'matcherList': {
      const members = type.value.matchers.map(({ predicate, onMatch }) => {
        const test = predicate === undefined ? null : compilePredicate(predicate, refuse);
        const then = onMatch === undefined ? null : compileOnMatch(onMatch, action, refuse);
        return test === null || then === null ? null : { test, then };
      });
      if (otherwise === null || members.includes(null)) return null;
      return inOrder(members as { test: Test; then: MatchTree<Outcome> }[], otherwise);
    }
    case 'matcherTree': {
      const lookup = compileLookup(type.value, action, refuse);
      return otherwise && lookup && ((subject) => lookup(subject) ?? otherwise(subject));
    }
    case undefined:
      return otherwise;
  }
}

const none = () => null;

type Test = (subject: RbacSubject) => boolean;

function inOrder<Outcome>(
  members: readonly { test: Test; then: MatchTree<Outcome> }[],
  otherwise: MatchTree<Outcome>,
): MatchTree<Outcome> {
  return (subject) => {
    for (const { test, then } of members) {
      const outcome = test(subject) ? then(subject) : null;
      if (outcome !== null) return outcome;
    }
    return otherwise(subject);
  };
}

function compileOnMatch<Outcome>(
  { onMatch }: OnMatch,
  action: CompileAction<Outcome>,
  refuse: Refuse,
): MatchTree<Outcome> | null {
  switch (onMatch.case) {
    case 'matcher':
      return compileMatchTree(onMatch.value, action, refuse);
    case 'action': {
      const outcome = action(onMatch.value);
      return outcome === null ? null : () => outcome;
    }
    case undefined:
      return none;
  }
}

function compilePredicate({ matchType: type }: Predicate, refuse: Refuse): Test | null {
  switch (type.case) {
    case 'singlePredicate':
      return compileSingle(type.value, refuse);
    case 'notMatcher': {
      const inner = compilePredicate(type.value, refuse);
      return inner && ((subject) => !inner(subject));
    }
    case 'orMatcher':
    case 'andMatcher': {
      const members = type.value.predicate.map((member) => compilePredicate(member, refuse));
      if (members.includes(null)) return null;
      const tests = members as Test[];
      return type.case === 'orMatcher'
        ? (subject) => tests.some((test) => test(subject))
        : (subject) => tests.every((test) => test(subject));
    }
    case undefined:
      return null;
  }
}

function compileSingle({ input, matcher }: SinglePredicate, refuse: Refuse): Test | null {
  const read = compileMatchInput(input, refuse);
  if (matcher.case !== 'valueMatch') {
    refuse('`custom_match` in a matcher is not supported', matcher.value ?? {}, 'custom_match', 'accepts');
    return null;
  }
  const text = compileStringMatcher(matcher.value as StringMatcherConfig, refuse);
  if (read === null || text === null) return null;
  return (subject) => {
    const value = read(subject);
    return value !== undefined && text.matches(value);
  };
}

function compileLookup<Outcome>(
  { input, treeType: type }: Tree,
  action: CompileAction<Outcome>,
  refuse: Refuse,
): MatchTree<Outcome> | null {
  const read = compileMatchInput(input, refuse);
  switch (type.case) {
    case 'exactMatchMap':
    case 'prefixMatchMap': {
      const branches = compileBranches(type.value.map, action, refuse);
      if (read === null || branches === null) return null;
      return type.case === 'exactMatchMap' ? byWhole(read, branches) : byPrefix(read, branches);
    }
    default: {
      const message = '`custom_match` in a matcher tree is not supported';
      refuse(message, type.value ?? {}, 'custom_match', 'accepts');
      return null;
    }
  }
}

function compileBranches<Outcome>(
  map: { [key: string]: OnMatch },
  action: CompileAction<Outcome>,
  refuse: Refuse,
): ReadonlyMap<string, MatchTree<Outcome>> | null {
  const branches = new Map<string, MatchTree<Outcome>>();
  for (const [key, onMatch] of Object.entries(map)) {
    const branch = compileOnMatch(onMatch, action, refuse);
    if (branch === null) return null;
    branches.set(toByteString(key), branch);
  }
  return branches;
}

function byWhole<Outcome>(
  read: MatchInput,
  branches: ReadonlyMap<string, MatchTree<Outcome>>,
): MatchTree<Outcome> {
  return (subject) => {
    const value = read(subject);
    return (value === undefined ? undefined : branches.get(value))?.(subject) ?? null;
  };
}

/** The longest prefix first. */
function byPrefix<Outcome>(
  read: MatchInput,
  branches: ReadonlyMap<string, MatchTree<Outcome>>,
): MatchTree<Outcome> {
  const lengths = [...new Set([...branches.keys()].map(({ length }) => length))].sort((a, b) => b - a);
  return (subject) => {
    const value = read(subject);
    if (value === undefined) return null;
    for (const length of lengths) {
      const branch = length <= value.length ? branches.get(value.slice(0, length)) : undefined;
      const outcome = branch?.(subject) ?? null;
      if (outcome !== null) return outcome;
    }
    return null;
  };
}
