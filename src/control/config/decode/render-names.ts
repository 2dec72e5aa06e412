const SHOWN_MAX = 8;

/** The first few of the names that there are. */
export function renderNames(names: Iterable<string>): string {
  const [all, shown] = [[...names], [] as string[]];
  for (const name of all.slice(0, SHOWN_MAX)) shown.push(`\`${name}\``);
  return `${shown.join(', ')}${all.length > SHOWN_MAX ? ', …' : ''}`;
}
