/** For how long a server is left to Git's own commands. Pure but for the clock that it is given. */

/** Why a server was not spoken to. */
export type Reason =
  /** It does not understand what is said: it will not a moment later either. */
  | 'Foreign'
  /** It could not be heard just now, or had an error of its own. */
  | 'Hiccup'
  /** It lacks one ability, and is known to. */
  | 'Unable';

/** How long a server that does not understand is not tried again. */
const FOREIGN_MS = 10 * 60_000;
/** After the second hiccup in a row; each further one doubles it. The first costs no more than the attempt that it fell on. */
const HICCUP_MS = 5_000;

export class Avoidance {
  private until = 0;
  private hiccups = 0;

  constructor(private readonly now: () => Date) {}

  /** Whether the server is worth a try. */
  get isOver(): boolean {
    return this.now().getTime() >= this.until;
  }

  /** The server answered in words that could be read. */
  understood(): void {
    this.hiccups = 0;
  }

  /** Git's commands were understood where this was not. */
  outdone(reason: Reason): void {
    if (reason === 'Unable') return;
    if (reason === 'Hiccup') this.hiccups += 1;
    const ms = reason === 'Foreign' ? FOREIGN_MS : this.hiccups < 2 ? 0 : HICCUP_MS * 2 ** (this.hiccups - 2);
    this.until = this.now().getTime() + Math.min(ms, FOREIGN_MS);
  }
}
