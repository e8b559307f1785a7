import type { Delivery } from '../delivery';
import type { Hint } from '../hint';
import type { Proof } from '../proof';

/** One kind of sender. */
export interface Sender {
  readonly proof: Proof;
  /** What it says; none where it is not about a push, such as a ping. */
  readonly hints: (document: unknown, headers: Delivery['headers']) => readonly Hint[];
  /** How to set it up, in steps: `ADDRESS` and `SECRET` stand for what the receiver has. */
  readonly setUp: readonly string[];
}
