import type {
  HttpConnectionManager,
  HttpFilter,
} from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { typeNameOf } from '../../../resources/index.ts';
import type { CheckContext } from './check-context.ts';

const ROUTER = 'envoy.extensions.filters.http.router.v3.Router';

/** The router ends the chain, and nothing else may (Envoy: filter_chain_helper.cc). */
export function checkHttpFilters(manager: HttpConnectionManager, context: CheckContext): void {
  if (context.isBroken(manager, 'http_filters')) return;
  const filters = manager.httpFilters;
  const early = filters.slice(0, -1).filter(isRouter);
  for (const filter of early) complainOfMiddle(filter, context);
  const last = filters.at(-1);
  if (early.length > 0 || last === undefined || isUnreadable(last, context) || isRouter(last)) return;
  complainOfEnd(last, context);
}

const isRouter = ({ configType }: HttpFilter) =>
  configType.case === 'typedConfig' && typeNameOf(configType.value) === ROUTER;

const isUnreadable = (filter: HttpFilter, context: CheckContext) =>
  filter.configType.case === undefined || context.isBroken(filter, 'typed_config');

function complainOfMiddle(filter: HttpFilter, context: CheckContext): void {
  context.complain({
    code: 'filterChain',
    message: `terminal filter \`${filter.name}\` must be the last filter in a http filter chain`,
    hint: 'move the router to the end of `http_filters`',
    about: filter,
  });
}

function complainOfEnd(filter: HttpFilter, context: CheckContext): void {
  context.complain({
    code: 'filterChain',
    message: `non-terminal filter \`${filter.name}\` is the last filter in a http filter chain`,
    hint: 'end `http_filters` with envoy.filters.http.router',
    about: filter,
  });
}

/** Listed by name; what they are says the type of their configuration. */
interface ConfiguredByType {
  name: string;
  configType: { case: string | undefined };
  /** An HTTP filter's. */
  isOptional?: boolean;
}

/** Extensions are found by the type of their configuration, so each entry needs one; an optional filter is not there without. */
export function checkTypedConfig(entry: ConfiguredByType, context: CheckContext): void {
  if (entry.configType.case !== undefined || entry.isOptional === true) return;
  if (context.isBroken(entry, 'typed_config') || context.isBroken(entry, 'config_discovery')) return;
  context.complain({
    code: 'unknownExtension',
    message: `\`${entry.name}\` has no \`typed_config\``,
    hint: 'an extension is found by the `@type` of its `typed_config`',
    about: entry,
  });
}
