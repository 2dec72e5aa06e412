import type { LocalReply } from '../filters/filter.ts';
import type { HeaderList } from './header-list.ts';

/** After the route's changes, which neither take a reply's own fields away nor keep theirs beside them (Envoy: filter_manager.cc). */
export function addOwnFields(headers: HeaderList, fields: LocalReply['headers']): void {
  for (const [name] of fields) headers.remove(name);
  for (const [name, value] of fields) headers.append(name, value);
}
