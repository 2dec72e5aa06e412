import type { HeaderList } from './header-list.ts';
import type { HttpService } from './http-service.ts';

/**
 * Puts the fields that a response was sent with, and that are rendered past its list, into the list for those who log it.
 * @param localBody of a reply of the gate's own; null: an upstream's response
 */
export function noteOwnFields(service: HttpService, headers: HeaderList, localBody: string | null): void {
  const { serverName, serverHeader } = service.options;
  const isOwn = serverHeader === 'overwrite';
  const isMissing = !headers.has('server') && serverHeader === 'append-if-absent';
  if (isOwn || isMissing) headers.set('server', serverName);
  if (!headers.has('date')) headers.set('date', service.date.line.slice('date: '.length, -2));
  if (localBody === null || localBody === '') return;
  headers.set('content-length', String(localBody.length));
}
