import { running } from './setup';

/** Ends the stack of the run. */
export default async function teardown(): Promise<void> {
  await running.stop?.();
}
