import type { Policy } from '#schema/envoy/config/rbac/v3/rbac_pb.js';
import type { AuthorizationPolicy } from '#schema/istio/security_pb.js';

/** The named RBAC policies that one AuthorizationPolicy becomes. */
export type RulePolicies = readonly (readonly [name: string, policy: Policy])[];

/**
 * What has been translated already. An object's translation is kept as long as the object is there; what is made of a list of
 * objects is found by the list's members, in their order, and dropped when one whole translation has passed without a use of it.
 */
export class TranslationMemo {
  readonly #rules = new WeakMap<AuthorizationPolicy, Map<string, RulePolicies>>();
  readonly #ids = new WeakMap<object, number>();
  #nextId = 0;
  #made = new Map<string, object>();
  #before = new Map<string, object>();

  /** @param variant what else the translation depends on */
  rules(policy: AuthorizationPolicy, variant: string, build: () => RulePolicies): RulePolicies {
    let variants = this.#rules.get(policy);
    if (variants === undefined) {
      variants = new Map();
      this.#rules.set(policy, variants);
    }
    const known = variants.get(variant);
    if (known !== undefined) return known;
    const made = build();
    variants.set(variant, made);
    return made;
  }

  /** The same members in the same order give the very same object. */
  ofList<T extends object>(members: readonly object[], variant: string, build: () => T): T {
    const key = `${variant} ${members.map((member) => this.#idOf(member)).join()}`;
    const known = this.#made.get(key) ?? this.#before.get(key);
    const made = (known as T | undefined) ?? build();
    this.#made.set(key, made);
    return made;
  }

  /** The next translation begins. */
  turn(): void {
    this.#before = this.#made;
    this.#made = new Map();
  }

  #idOf(member: object): number {
    const known = this.#ids.get(member);
    if (known !== undefined) return known;
    this.#ids.set(member, this.#nextId);
    return this.#nextId++;
  }
}
