import { KindGuard, type TObject } from '@sinclair/typebox';

/**
 * What a resource says of its spec: everything inside lists, defaults included, because those who apply manifests
 * compare lists as a whole; outside of lists only what differs from the server's default. So `hold` and whatever else
 * belongs to people is never written (rule L8).
 */
export function writtenSpec(schema: TObject, spec: object): object {
  const written: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(spec) as [string, unknown][]) {
    const field = schema.properties[key];
    if (value === undefined) continue;
    const nested = field !== undefined && KindGuard.IsObject(field) && typeof value === 'object' && value !== null;
    const said = nested ? writtenSpec(field, value) : value;
    if (!same(said, field?.default)) written[key] = said;
  }
  return written;
}

/** Whether two plain values are equal; what the server has no default for is equal to nothing. */
function same(value: unknown, byDefault: unknown): boolean {
  if (typeof byDefault !== 'object') return value === byDefault;
  if (Array.isArray(byDefault) && Array.isArray(value) && value.length !== byDefault.length) return false;
  return JSON.stringify(value) === JSON.stringify(byDefault);
}
