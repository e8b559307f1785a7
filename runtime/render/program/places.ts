/** A limited number of places, given in the order in which they are asked for. */

export class Places {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  /**
   * @returns the function that gives the place back
   * @throws the signal's reason when it aborts before there is one
   */
  async enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.free > 0) this.free--;
    else await this.turn(signal);
    return () => {
      const next = this.waiting.shift();
      if (next === undefined) this.free++;
      else next();
    };
  }

  private turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const mine = (): void => {
        signal.removeEventListener('abort', gone);
        resolve();
      };
      const gone = (): void => {
        this.waiting.splice(this.waiting.indexOf(mine), 1);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', gone, { once: true });
      this.waiting.push(mine);
    });
  }
}
