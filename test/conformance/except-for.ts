import { KNOWN_EXCEPTIONS } from '../../runtime/railyard/exceptions';

/** Whether this run has the real servers. */
export const IS_REAL = process.env['K8STA_REAL_STACK'] !== undefined;

/**
 * Checks what only the real server does, and that the railyard still does not.
 *
 * @param name entry of `KNOWN_EXCEPTIONS`
 */
export function exceptFor(name: string, check: () => void): void {
  if (!KNOWN_EXCEPTIONS.some((known) => known.name === name)) throw new Error(`${name} is no known exception`);
  if (IS_REAL) check();
  else expect(check).toThrow();
}
