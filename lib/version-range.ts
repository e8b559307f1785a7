import validRange from 'semver/ranges/valid';
import { invalidProp } from './invalid-prop';

/**
 * Checks a range of versions as the runtime reads it; a comma means "and", as a space does.
 *
 * @throws Error when it does not parse
 */
export function assertVersionRange(range: string): void {
  if (validRange(range.replace(/,/g, ' ')) === null) {
    throw invalidProp('semver', range, 'is no range of versions', "write one such as '^1.0.0', '1.x' or '*'");
  }
}
