/** Refusals: a code of HTTP and a sentence for a person. */

/** Ends a request with this code and these words. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  /** @param more further fields of the answer */
  constructor(
    readonly code: number,
    message: string,
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}
