/**
 * Chance that is a function of the seed, of what it is asked about, and of how often it was asked about that. What is
 * decided about one thing does not change when another one is taken out of a story; that is what lets stories shrink.
 */

function hash(text: string, start: number): number {
  let value = (0x811c9dc5 ^ start) >>> 0;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b) >>> 0;
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35) >>> 0;
  return (value ^ (value >>> 16)) >>> 0;
}

export class Chance {
  readonly #asked = new Map<string, number>();

  constructor(readonly seed: number) {}

  /** How often it was asked about this before; asking counts. */
  nth(about: string): number {
    const nth = this.#asked.get(about) ?? 0;
    this.#asked.set(about, nth + 1);
    return nth;
  }

  /** A number in [0, 1). */
  next(about: string): number {
    return this.at(about, this.nth(about));
  }

  /** The number of that turn, without taking it. */
  at(about: string, nth: number): number {
    return hash(`${about} ${nth}`, Math.imul(this.seed + 1, 0x9e3779b1)) / 0x1_0000_0000;
  }

  whole(about: string, from: number, to: number): number {
    return from + Math.floor(this.next(about) * (to - from + 1));
  }

  one<T>(about: string, list: readonly T[]): T | undefined {
    return list[Math.floor(this.next(about) * list.length)];
  }

  happens(about: string, probability: number): boolean {
    return this.next(about) < probability;
  }
}
