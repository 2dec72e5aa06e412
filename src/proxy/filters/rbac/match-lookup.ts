import type { TypedExtensionConfig } from '#schema/xds/core/v3/extension_pb.js';
import { ServerNameMatcherSchema } from '#schema/xds/type/matcher/v3/domain_pb.js';
import { IPMatcherSchema } from '#schema/xds/type/matcher/v3/ip_pb.js';
import type {
  Matcher_OnMatch as OnMatch,
  Matcher_MatcherTree as Tree,
} from '#schema/xds/type/matcher/v3/matcher_pb.js';
import { toByteString } from '../../../core/match/index.ts';
import { typeNameOf, unpackAny } from '../../../resources/index.ts';
import { compileDomainBranches } from './match-domains.ts';
import { compileMatchInput, type MatchContext, type ReadInput, UNAVAILABLE } from './match-input.ts';
import { compileRangeBranches } from './match-ranges.ts';
import type { CompileOnMatch, MatchTree } from './match-tree.ts';
import { showInput } from './show-input.ts';

/** The branches for a text, the one that is asked first at the head. */
export type Branches<Outcome> = (value: string) => readonly MatchTree<Outcome>[];

/** Compiles a `matcher_tree`; null after an error. */
export function compileLookup<Outcome>(
  config: Tree,
  onMatchOf: CompileOnMatch<Outcome>,
  context: MatchContext,
): MatchTree<Outcome> | null {
  const input = compileMatchInput(config.input, context);
  if (input?.kind === 'attributes') {
    context.refuse('a matcher tree can only look at texts', config, 'input');
    return null;
  }
  const branches = compileBranches(config, onMatchOf, context);
  return input && branches && lookUp(input, branches, config);
}

function lookUp<Outcome>(input: ReadInput, branches: Branches<Outcome>, origin: object): MatchTree<Outcome> {
  if (input.kind !== 'text') return () => null;
  const { name, read } = input;
  return (subject, recorder) => {
    const value = read(subject);
    if (recorder !== null) {
      recorder.open('predicate', `looks up ${name}`, origin);
      recorder.note(showInput(input, subject));
      recorder.close(value === UNAVAILABLE ? 'unknown' : 'ok');
    }
    if (value === UNAVAILABLE) return UNAVAILABLE;
    for (const branch of value === undefined ? [] : branches(value)) {
      const outcome = branch(subject, recorder);
      if (outcome !== null) return outcome;
    }
    return null;
  };
}

function compileBranches<Outcome>(
  config: Tree,
  onMatchOf: CompileOnMatch<Outcome>,
  context: MatchContext,
): Branches<Outcome> | null {
  const { treeType: type } = config;
  switch (type.case) {
    case 'exactMatchMap':
    case 'prefixMatchMap': {
      const map = compileMap(type.value.map, onMatchOf);
      return map && (type.case === 'exactMatchMap' ? byWhole(map) : byPrefix(map));
    }
    case 'customMatch':
      return compileCustom(config, type.value, onMatchOf, context);
    case undefined:
      context.refuse('a matcher tree needs one of its maps', config);
      return null;
  }
}

function compileCustom<Outcome>(
  config: Tree,
  { typedConfig }: TypedExtensionConfig,
  onMatchOf: CompileOnMatch<Outcome>,
  context: MatchContext,
): Branches<Outcome> | null {
  const type = typedConfig === undefined ? '' : typeNameOf(typedConfig);
  switch (type) {
    case IPMatcherSchema.typeName:
      return compileRangeBranches(unpackAny(IPMatcherSchema, typedConfig as never), onMatchOf, context);
    case ServerNameMatcherSchema.typeName:
      return compileDomainBranches(
        unpackAny(ServerNameMatcherSchema, typedConfig as never),
        onMatchOf,
        context,
      );
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

function compileMap<Outcome>(
  map: { [key: string]: OnMatch },
  onMatchOf: CompileOnMatch<Outcome>,
): ReadonlyMap<string, MatchTree<Outcome>> | null {
  const branches = new Map<string, MatchTree<Outcome>>();
  for (const [key, onMatch] of Object.entries(map)) {
    const branch = onMatchOf(onMatch);
    if (branch === null) return null;
    branches.set(toByteString(key), branch);
  }
  return branches;
}

function byWhole<Outcome>(map: ReadonlyMap<string, MatchTree<Outcome>>): Branches<Outcome> {
  return (value) => {
    const branch = map.get(value);
    return branch === undefined ? [] : [branch];
  };
}

/** The longest prefix first. */
function byPrefix<Outcome>(map: ReadonlyMap<string, MatchTree<Outcome>>): Branches<Outcome> {
  const lengths = [...new Set([...map.keys()].map(({ length }) => length))].sort((a, b) => b - a);
  return (value) =>
    lengths
      .map((length) => (length <= value.length ? map.get(value.slice(0, length)) : undefined))
      .filter((branch) => branch !== undefined);
}
