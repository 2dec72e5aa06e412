/** An address as a log may have it: without user information, and of a query only that there is one. */
export const shownUri = (uri: string): string => uri.replace(/\/\/[^/]*@/, '//').replace(/\?.*$/s, '?…');
