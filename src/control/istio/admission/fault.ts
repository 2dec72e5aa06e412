/** One thing that admission has to say about an object. */
export interface Fault {
  /** Who says it in a cluster: the schema of the kind, istiod's webhook, both of them, or the webhook as a warning only. */
  by: 'schema' | 'webhook' | 'both' | 'warning';
  message: string;
  hint?: string;
  /** The message that it is about, and the field of it (proto name, `list[0]` for an element). */
  about: object;
  field?: string;
}

/** Collects the faults of one object. */
export class Faults {
  readonly list: Fault[] = [];

  schema(about: object, field: string | undefined, message: string, hint?: string): void {
    this.#add('schema', about, field, message, hint);
  }

  webhook(about: object, field: string | undefined, message: string, hint?: string): void {
    this.#add('webhook', about, field, message, hint);
  }

  both(about: object, field: string | undefined, message: string, hint?: string): void {
    this.#add('both', about, field, message, hint);
  }

  warn(about: object, field: string | undefined, message: string, hint?: string): void {
    this.#add('warning', about, field, message, hint);
  }

  #add(by: Fault['by'], about: object, field: string | undefined, message: string, hint?: string): void {
    this.list.push({
      by,
      message,
      about,
      ...(field === undefined ? {} : { field }),
      ...(hint === undefined ? {} : { hint }),
    });
  }
}
