import {
  type RateLimit,
  RateLimit_XRateLimitOption as XRateLimitOption,
} from '#schema/envoy/config/route/v3/route_components_pb.js';
import { isCredentialName } from '../../../base/index.ts';
import { fromByteString, redactTokens } from '../../../core/match/index.ts';
import {
  type Count,
  type Descriptor,
  type DescriptorEntry,
  renderDescriptor,
} from '../../../core/ratelimit/index.ts';
import type { FactoryContext, FilterStream } from '../filter.ts';
import { type Action, compileAction } from './actions.ts';
import { compileHits } from './hits.ts';

/** A `rate_limits` entry: the actions that make one descriptor of a request, or none. */
export interface Recipe {
  origin: RateLimit;
  /** Filters count only what has their own. */
  stage: number;
  actions: readonly Action[];
  /** How many tokens a request takes; null: nothing that it could be counted by. */
  hits: (stream: FilterStream) => number | null;
  /** Why nothing is ever counted by it; null: something is. */
  passedOver: string | null;
  /** Whether response headers tell of its bucket; null: as the filter says. */
  tellsHeaders: boolean | null;
}

/** A descriptor of a request, and who made it. */
export interface MadeCount extends Count {
  recipe: Recipe;
}

type ActionContext = Pick<FactoryContext, 'findings'>;

/** Compiles a filter's own `rate_limits`; errors go to the findings. */
export function compileRecipes(configs: readonly RateLimit[], context: ActionContext): Recipe[] {
  for (const config of configs) refuseOtherFields(config, context);
  return configs.map((config) => ({
    ...compileRecipe(config, context),
    hits: compileHits(config.hitsAddend, context.findings),
    // Envoy has no second look at a local limit (Envoy: local_ratelimit.cc).
    passedOver: config.applyOnStreamDone ? 'it is for the end of the request (`apply_on_stream_done`)' : null,
  }));
}

/** The same for those of a route or a virtual host, of which local limits look at less (Envoy 1.40, as observed). */
export function compileRouteRecipes(configs: readonly RateLimit[], context: ActionContext): Recipe[] {
  for (const config of configs) warnOfOtherFields(config, context);
  return configs.map((config) => ({
    ...compileRecipe(config, context),
    hits: () => 1,
    passedOver: config.disableKey === '' ? null : 'local limits leave out what has a `disable_key`',
  }));
}

function compileRecipe(origin: RateLimit, context: ActionContext): Omit<Recipe, 'hits' | 'passedOver'> {
  const actions = origin.actions.map((one) => compileAction(one, context)).filter((one) => one !== null);
  return { origin, stage: origin.stage ?? 0, actions, tellsHeaders: TOLD[origin.xRatelimitOption] };
}

const TOLD: Readonly<Record<XRateLimitOption, boolean | null>> = {
  [XRateLimitOption.UNSPECIFIED]: null,
  [XRateLimitOption.OFF]: false,
  [XRateLimitOption.DRAFT_VERSION_03]: true,
};

/** They are for a rate-limit service; Envoy's local limits do not look at them, or leave out what has them. */
function warnOfOtherFields(config: RateLimit, { findings }: ActionContext): void {
  const warn = (
    field: string,
    message = `\`${field}\` of a route's rate limit has no effect on local limits`,
  ) =>
    findings.report({
      code: 'W301',
      severity: 'warning',
      message,
      envoy: 'ignores',
      about: config,
      field,
    });
  if (config.disableKey !== '')
    warn('disable_key', "a route's rate limit with `disable_key` has no effect on local limits");
  if (config.limit !== undefined) warn('limit');
  if (config.hitsAddend !== undefined) warn('hits_addend');
  if (config.applyOnStreamDone) warn('apply_on_stream_done');
}

/** Envoy: ratelimit_config, which takes none of them from the filter's own `rate_limits`. */
function refuseOtherFields(config: RateLimit, { findings }: ActionContext): void {
  const refuse = (message: string) =>
    findings.report({ code: 'E122', severity: 'error', message, envoy: 'refuses', about: config });
  if (config.stage !== undefined || config.disableKey !== '') {
    refuse("'stage' field and 'disable_key' field are not supported");
  }
  if (config.limit !== undefined) refuse("'limit' field is not supported");
}

/** The descriptors of one request, in the order of their recipes. */
export function buildCounts(recipes: readonly Recipe[], stream: FilterStream): MadeCount[] {
  const counts: MadeCount[] = [];
  for (const recipe of recipes) {
    const { recorder } = stream;
    recorder?.open('rate limit', 'descriptor', recipe.origin);
    const made = follow(recipe, stream);
    if ('missing' in made) {
      recorder?.close('no', made.missing);
      continue;
    }
    counts.push({ descriptor: made.entries, hits: made.hits, recipe });
    recorder?.close('ok', describeDescriptor(made.entries));
  }
  return counts;
}

type Made = { entries: Descriptor; hits: number } | { missing: string };

function follow({ actions, hits, passedOver }: Recipe, stream: FilterStream): Made {
  if (passedOver !== null) return { missing: passedOver };
  const entries: DescriptorEntry[] = [];
  for (const action of actions) {
    const result = action(stream);
    if (result === null) continue;
    if ('missing' in result) return result;
    entries.push(result);
  }
  const worth = hits(stream);
  return worth === null ? { missing: '`hits_addend` finds no number' } : { entries, hits: worth };
}

/** For a person; credentials, and what looks like a token, are left out. */
export function describeDescriptor(descriptor: Descriptor): string {
  const shown = descriptor.map(({ key, value, isCredential }) => {
    const isHidden = value !== '' && (isCredential || isCredentialName(key));
    return { key, value: isHidden ? '(not shown)' : value };
  });
  return redactTokens(fromByteString(renderDescriptor(shown)));
}
