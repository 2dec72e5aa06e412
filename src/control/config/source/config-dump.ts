import { entryOf, type MapNode, type SourceNode, scalarAt } from './source-node.ts';

/** One resource in a dump, as the message that it is. */
export interface DumpEntry {
  kind: 'listener' | 'route' | 'cluster';
  node: MapNode;
  /** JSON path. */
  path: string;
}

/** Where each kind of resource lies: lists of a dump's section, and the way from an element to the resource. */
const LISTS: readonly { section: string; list: string; steps: readonly string[]; kind: DumpEntry['kind'] }[] =
  [
    { section: 'ListenersConfigDump', list: 'static_listeners', steps: ['listener'], kind: 'listener' },
    {
      section: 'ListenersConfigDump',
      list: 'dynamic_listeners',
      steps: ['active_state', 'listener'],
      kind: 'listener',
    },
    { section: 'RoutesConfigDump', list: 'static_route_configs', steps: ['route_config'], kind: 'route' },
    { section: 'RoutesConfigDump', list: 'dynamic_route_configs', steps: ['route_config'], kind: 'route' },
    { section: 'ClustersConfigDump', list: 'static_clusters', steps: ['cluster'], kind: 'cluster' },
    { section: 'ClustersConfigDump', list: 'dynamic_active_clusters', steps: ['cluster'], kind: 'cluster' },
  ];

/** The resources of a `/config_dump`, in its order. Sections of other kinds are left out. */
export function dumpEntries(root: SourceNode): DumpEntry[] {
  const configs = entryOf(root, 'configs')?.value;
  if (configs?.kind !== 'list') return [];
  return configs.items.flatMap((section, index) => sectionEntries(section, `configs[${index}]`));
}

function sectionEntries(section: SourceNode, path: string): DumpEntry[] {
  const type = scalarAt(section, '@type') ?? '';
  return LISTS.filter((entry) => type.endsWith(`.${entry.section}`)).flatMap(({ list, steps, kind }) => {
    const items = entryOf(section, list)?.value;
    if (items?.kind !== 'list') return [];
    return items.items.flatMap((item, index) => resourceAt(item, steps, `${path}.${list}[${index}]`, kind));
  });
}

function resourceAt(
  item: SourceNode,
  steps: readonly string[],
  path: string,
  kind: DumpEntry['kind'],
): DumpEntry[] {
  let node: SourceNode | undefined = item;
  for (const step of steps) node = node === undefined ? undefined : entryOf(node, step)?.value;
  return node?.kind === 'map' ? [{ kind, node, path: [path, ...steps].join('.') }] : [];
}
