/** Seconds to add to UTC at a moment. */
export type OffsetAt = (seconds: bigint) => bigint;

const FIXED = /^Fixed\/UTC([+-])(\d\d):(\d\d):(\d\d)$/;
/** `Intl` has old names of its own beside the database's: three letters, and `SystemV/…`. It does not look at letters' case. */
const ZONE_NAME =
  /^(?:(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Chile|Etc|Europe|Indian|Mexico|Pacific|US)(?:\/[A-Z][\w+-]*)+|(?:CET|EET|EST|GMT|HST|MET|MST|PRC|ROC|ROK|UCT|WET)|[A-Z](?![A-Z]{2}$)[\w+-]*)$/;
const OWN_NAMES: ReadonlySet<string> = new Set(['US/Pacific-New']);
const DAY_SECONDS = 86_400n;
/** What `Intl` has dates for, in seconds: some 270,000 years either way. */
const KNOWN_SECONDS = 8_600_000_000_000n;
const CYCLE_SECONDS = 146_097n * DAY_SECONDS;
/** Of zones, and of moments in each. */
const KNOWN_MAX = 100;

/** Time zones by their names, and those at hand that were asked for. */
export class TimeZones {
  readonly #known = new Map<string, OffsetAt>();

  /** A zone by its name in the IANA database, `UTC`, `localtime` or `Fixed/UTC+hh:mm:ss`, as absl's LoadTimeZone; null: there is none. */
  find(name: string): OffsetAt | null {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const zone = fixedOf(name) ?? namedOf(name.replace(/^posix\//, ''));
    if (zone === null) return null;
    if (this.#known.size >= KNOWN_MAX) this.#known.clear();
    this.#known.set(name, zone);
    return zone;
  }
}

function fixedOf(name: string): OffsetAt | null {
  if (name === 'UTC' || name === 'UTC0' || name === 'Factory') return () => 0n;
  const [, sign, ...parts] = FIXED.exec(name) ?? [];
  if (sign === undefined) return null;
  const [hours, minutes, seconds] = parts.map(BigInt) as [bigint, bigint, bigint];
  const offset = (hours * 60n + minutes) * 60n + seconds;
  if (offset > DAY_SECONDS) return null;
  return () => (sign === '-' ? -offset : offset);
}

function namedOf(name: string): OffsetAt | null {
  const format = formatOf(name === 'localtime' ? undefined : name);
  if (format === null) return null;
  const offsets = new Map<bigint, bigint>();
  return (seconds) => {
    // Far from now the rules of today come again every 400 years, and before there were rules it is the sun's time.
    const known =
      seconds > KNOWN_SECONDS
        ? (seconds % CYCLE_SECONDS) + CYCLE_SECONDS
        : seconds < -KNOWN_SECONDS
          ? -KNOWN_SECONDS
          : seconds;
    const hour = known / 900n;
    let offset = offsets.get(hour);
    if (offset === undefined) {
      offset = offsetIn(format, known);
      if (offsets.size >= KNOWN_MAX) offsets.clear();
      offsets.set(hour, offset);
    }
    return offset;
  };
}

/** Names are files' names to Envoy: their case matters, as it does not to `Intl`. */
function formatOf(name: string | undefined): Intl.DateTimeFormat | null {
  if (name !== undefined && (!ZONE_NAME.test(name) || OWN_NAMES.has(name))) return null;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      timeZoneName: 'longOffset',
    });
    const found = format.resolvedOptions().timeZone;
    return name !== undefined && found.toLowerCase() === name.toLowerCase() && found !== name ? null : format;
  } catch {
    return null;
  }
}

function offsetIn(format: Intl.DateTimeFormat, seconds: bigint): bigint {
  const part = format.formatToParts(Number(seconds) * 1000).find(({ type }) => type === 'timeZoneName');
  const [, sign, hours = '0', minutes = '0', rest = '0'] =
    /GMT([+-])(\d+):?(\d\d)?:?(\d\d)?/.exec(part?.value ?? '') ?? [];
  const offset = (BigInt(hours) * 60n + BigInt(minutes)) * 60n + BigInt(rest);
  return sign === '-' ? -offset : offset;
}
