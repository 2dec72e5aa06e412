export type { FormatSource } from './header-format.ts';
export { applyHeaderMutations, type HeaderMutations } from './header-mutation.ts';
export type { RouteContext } from './route-action.ts';
export { compileRouteTable, type RouteTable } from './route-table.ts';
export type { RouteAction, SelectedRoute } from './selected-route.ts';
