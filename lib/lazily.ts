import { Lazy } from 'cdk8s';

/** A value that is asked for at synth, so that what is added to a construct later is in it. */
export function lazily(produce: () => unknown): unknown {
  return Lazy.any({ produce });
}
