import type { TypedExtensionConfig } from '#schema/xds/core/v3/extension_pb.js';
import type {
  Matcher,
  Matcher_OnMatch as OnMatch,
  Matcher_MatcherList_Predicate as Predicate,
} from '#schema/xds/type/matcher/v3/matcher_pb.js';
import type { Recorder } from '../../../base/index.ts';
import type { RbacSubject } from '../../../core/rbac/index.ts';
import { type MatchContext, UNAVAILABLE, type Unavailable } from './match-input.ts';
import { compileLookup } from './match-lookup.ts';
import { compileValueTest, type ValueTest } from './match-value.ts';

/**
 * A compiled `xds.type.matcher.v3.Matcher`: what a request comes to; null where nothing in it matches, `UNAVAILABLE` where that hangs on
 * something that is not to be had, so that not even `on_no_match` counts.
 */
export type MatchTree<Outcome> = (
  subject: RbacSubject,
  recorder: Recorder | null,
) => Outcome | null | Unavailable;

/** Compiles the actions of a tree; null after an error. */
export type CompileAction<Outcome> = (action: TypedExtensionConfig) => Outcome | null;

export type CompileOnMatch<Outcome> = (onMatch: OnMatch) => MatchTree<Outcome> | null;

/** Compiles a tree of matchers (Envoy: common/matcher). A branch without a match leaves the choice to those after it. */
export function compileMatchTree<Outcome>(
  config: Matcher,
  action: CompileAction<Outcome>,
  context: MatchContext,
): MatchTree<Outcome> | null {
  const onMatchOf: CompileOnMatch<Outcome> = (onMatch) => compileOnMatch(onMatch, action, context);
  const otherwise = config.onNoMatch === undefined ? none : onMatchOf(config.onNoMatch);
  const first = compileFirst(config, onMatchOf, context);
  if (otherwise === null || first === null) return null;
  return (subject, recorder) => first(subject, recorder) ?? otherwise(subject, recorder);
}

const none = () => null;

function compileFirst<Outcome>(
  { matcherType: type }: Matcher,
  onMatchOf: CompileOnMatch<Outcome>,
  context: MatchContext,
): MatchTree<Outcome> | null {
  switch (type.case) {
    case 'matcherList': {
      const members = type.value.matchers.map(({ predicate, onMatch }) => {
        const test = predicate === undefined ? null : compilePredicate(predicate, context);
        const then = onMatch === undefined ? null : onMatchOf(onMatch);
        return test === null || then === null ? null : { test, then };
      });
      return members.includes(null) ? null : inOrder(members as Member<Outcome>[]);
    }
    case 'matcherTree':
      return compileLookup(type.value, onMatchOf, context);
    case undefined:
      return none;
  }
}

type Test = (subject: RbacSubject, recorder: Recorder | null) => boolean | Unavailable;

interface Member<Outcome> {
  test: Test;
  then: MatchTree<Outcome>;
}

function inOrder<Outcome>(members: readonly Member<Outcome>[]): MatchTree<Outcome> {
  return (subject, recorder) => {
    for (const { test, then } of members) {
      const holds = test(subject, recorder);
      if (holds === UNAVAILABLE) return UNAVAILABLE;
      const outcome = holds ? then(subject, recorder) : null;
      if (outcome !== null) return outcome;
    }
    return null;
  };
}

function compileOnMatch<Outcome>(
  { onMatch }: OnMatch,
  action: CompileAction<Outcome>,
  context: MatchContext,
): MatchTree<Outcome> | null {
  switch (onMatch.case) {
    case 'matcher':
      return compileMatchTree(onMatch.value, action, context);
    case 'action': {
      const outcome = action(onMatch.value);
      return outcome === null ? null : () => outcome;
    }
    case undefined:
      return none;
  }
}

function compilePredicate({ matchType: type }: Predicate, context: MatchContext): Test | null {
  switch (type.case) {
    case 'singlePredicate': {
      const test = compileValueTest(type.value, context);
      return test && single(test, type.value);
    }
    case 'notMatcher': {
      const inner = compilePredicate(type.value, context);
      return inner && inGroup('not', type.value, (subject, recorder) => negate(inner(subject, recorder)));
    }
    case 'orMatcher':
    case 'andMatcher': {
      const members = type.value.predicate.map((member) => compilePredicate(member, context));
      if (members.includes(null)) return null;
      return type.case === 'orMatcher'
        ? inGroup('one of these', type.value, anyTest(members as Test[]))
        : inGroup('all of these', type.value, allTests(members as Test[]));
    }
    case undefined:
      return null;
  }
}

function single(test: ValueTest, origin: object): Test {
  return (subject, recorder) => {
    const holds = test.test(subject);
    if (recorder !== null) {
      recorder.open('predicate', `wants ${test.wants}`, origin);
      recorder.note(test.show(subject));
      recorder.close(verdictOf(holds));
    }
    return holds;
  };
}

function inGroup(text: string, origin: object, test: Test): Test {
  return (subject, recorder) => {
    if (recorder === null) return test(subject, null);
    recorder.open('predicate', text, origin);
    const holds = test(subject, recorder);
    recorder.close(verdictOf(holds));
    return holds;
  };
}

const verdictOf = (holds: boolean | Unavailable) => (holds === UNAVAILABLE ? 'unknown' : holds ? 'ok' : 'no');

const negate = (holds: boolean | Unavailable) => (holds === UNAVAILABLE ? UNAVAILABLE : !holds);

/** One that holds settles it, whatever cannot be known of the others. */
function anyTest(tests: readonly Test[]): Test {
  return (subject, recorder) => {
    let unknown = false;
    for (const test of tests) {
      const holds = test(subject, recorder);
      if (holds === true) return true;
      if (holds === UNAVAILABLE) unknown = true;
    }
    return unknown ? UNAVAILABLE : false;
  };
}

/** The first that does not hold settles it, known or not. */
function allTests(tests: readonly Test[]): Test {
  return (subject, recorder) => {
    for (const test of tests) {
      const holds = test(subject, recorder);
      if (holds !== true) return holds;
    }
    return true;
  };
}
