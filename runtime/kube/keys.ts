/** Which keys stand under which value; values without keys are forgotten. */
export class KeysByValue {
  readonly #keys = new Map<string, Set<string>>();

  add(value: string, key: string): void {
    const keys = this.#keys.get(value);
    if (keys) keys.add(key);
    else this.#keys.set(value, new Set([key]));
  }

  delete(value: string, key: string): void {
    const keys = this.#keys.get(value);
    keys?.delete(key);
    if (keys?.size === 0) this.#keys.delete(value);
  }

  under(value: string): Iterable<string> {
    return this.#keys.get(value) ?? [];
  }
}
