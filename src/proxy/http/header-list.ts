/**
 * A message's header fields: lower-case names, order kept, one entry per line on the wire. Pseudo-headers are not in here.
 * Values are latin-1 strings, one character per byte, as they came.
 */
export class HeaderList {
  readonly names: string[] = [];
  readonly values: string[] = [];
  /** So many lines at the front are as the parser judged them; what comes after was added by the gate's own parts. */
  #received = 0;
  /** The `content-type` as it came, empty where there was none; undefined while nobody has changed it. */
  receivedType: string | undefined = undefined;
  /** The `content-length` as it came, empty where there was none; undefined while nobody has changed what tells where the message ends. */
  #receivedLength: string | undefined = undefined;
  /** It came off the wire. */
  #isReceived = false;

  /** Notes that all lines so far came off the wire and hold no byte that may not be in a field. */
  markReceived(): void {
    this.#received = this.names.length;
    this.receivedType = undefined;
    this.#receivedLength = undefined;
    this.#isReceived = true;
  }

  /** Index of the first line that nobody has judged. */
  get firstUnjudged(): number {
    return this.#received;
  }

  get length(): number {
    return this.names.length;
  }

  /** The first value under `name`, or undefined. */
  get(name: string): string | undefined {
    const at = this.names.indexOf(name);
    return at < 0 ? undefined : this.values[at];
  }

  has(name: string): boolean {
    return this.names.includes(name);
  }

  /** Adds a line at the end, whatever is there already. */
  add(name: string, value: string): void {
    if (name === 'content-type' || isFraming(name)) this.#keep(name, this.names.indexOf(name));
    this.append(name, value);
  }

  /** As `add`, for lines that come off the wire or cannot tell where a message ends. */
  append(name: string, value: string): void {
    this.names.push(name);
    this.values.push(value);
  }

  /** Leaves exactly one line under `name`: the first one's place, this value. */
  set(name: string, value: string): void {
    const at = this.names.indexOf(name);
    this.#keep(name, at);
    if (at < 0) {
      this.append(name, value);
      return;
    }
    this.values[at] = value;
    if (at < this.#received) this.#received = at;
    this.#removeFrom(name, at + 1);
  }

  /** Leaves exactly one line under `name`, at the end (Envoy: header_map_impl.cc, setCopy). */
  replace(name: string, value: string): void {
    this.remove(name);
    this.append(name, value);
  }

  /** Gives the first line under `name` another value and leaves the others; nothing where there is none. */
  setFirst(name: string, value: string): void {
    const at = this.names.indexOf(name);
    if (at < 0) return;
    this.#keep(name, at);
    this.values[at] = value;
    if (at < this.#received) this.#received = at;
  }

  /** Removes every line under `name`. */
  remove(name: string): void {
    const at = this.names.indexOf(name);
    this.#keep(name, at);
    if (at >= 0) this.#removeFrom(name, at);
  }

  /**
   * Undoes what was done to the lines that tell where a received message ends, for its body is as long as it came: without them, or with
   * others, it would be another message, or two.
   */
  restoreFraming(): void {
    const length = this.#receivedLength;
    if (length === undefined) return;
    this.remove('transfer-encoding');
    if (length === '') this.remove('content-length');
    else this.set('content-length', length);
  }

  /** Notes what a line is that is about to be changed, where that matters later. */
  #keep(name: string, at: number): void {
    if (!this.#isReceived) return;
    if (name === 'content-type') this.receivedType ??= at < 0 ? '' : (this.values[at] as string);
    else if (isFraming(name)) this.#receivedLength ??= this.get('content-length') ?? '';
  }

  clear(): void {
    this.#cut(0);
    this.#received = 0;
    this.#receivedLength = undefined;
    this.#isReceived = false;
  }

  /** One after the other: giving an array another length is a call out of compiled code, and lists are short. */
  #cut(length: number): void {
    const { names, values } = this;
    while (names.length > length) {
      names.pop();
      values.pop();
    }
  }

  #removeFrom(name: string, start: number): void {
    const { names, values } = this;
    let kept = start;
    let received = this.#received;
    for (let i = start; i < names.length; i++) {
      if (names[i] === name) {
        if (i < this.#received) received--;
        continue;
      }
      names[kept] = names[i] as string;
      values[kept] = values[i] as string;
      kept++;
    }
    this.#cut(kept);
    this.#received = received;
  }
}

/** What tells where a message ends is the codec's word (RFC 9112 §6). */
export const isFraming = (name: string): boolean => name === 'content-length' || name === 'transfer-encoding';
