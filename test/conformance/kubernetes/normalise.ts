/** Times, in the two spellings that servers use. */
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
const UID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** Suffix that a server gives to `generateName`. */
const GENERATED = /^(generated-)[a-z0-9]{5}$/;

/**
 * Replaces what differs from run to run, so that answers can be compared: versions and uids get numbers in the order in
 * which they appear, so that who is equal to whom stays visible.
 */
export class Normaliser {
  private readonly versions = new Map<string, string>();
  private readonly uids = new Map<string, string>();

  /** @param namespace name of the test's own namespace */
  constructor(private readonly namespace: string) {}

  answer(code: number, text: string, warning?: string): { code: number; body: unknown; warnings?: string[] } {
    const warnings =
      warning === undefined ? {} : { warnings: warning.split(/, (?=299)/).map((one) => this.words(one)) };
    return { code, body: this.value(parsed(text)), ...warnings };
  }

  value(value: unknown, field = ''): unknown {
    if (Array.isArray(value)) return value.map((item) => this.value(item));
    if (typeof value === 'string') return this.text(value, field);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value)
      // The exceptions `no-field-ownership`, looked at in a test of its own, and `no-storage-version-hash`.
      .filter(([key]) => key !== 'managedFields' && key !== 'storageVersionHash')
      // Details that say nothing, and the token of a list that is whole, may be there or not.
      .filter(([key, inner]) => key !== 'details' || Object.keys(inner as object).length > 0)
      .filter(([key, inner]) => key !== 'continue' || inner !== '')
      // Versions and uids are numbered in this order; JSON has none.
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inner]) => [this.words(key), this.value(inner, key)]);
    return Object.fromEntries(entries) as unknown;
  }

  words(text: string): string {
    return (
      text
        .replaceAll(this.namespace, 'space')
        // A whole object, of which the server may say who owns which field (exception: no-field-ownership).
        .replace(/Invalid value: "\{.*\}": strict/g, 'Invalid value: "<object>": strict')
        .replace(TIME, '<time>')
        .replace(UID, (uid) => numbered(this.uids, uid, 'uid'))
        // The exception `whole-paths-in-status`.
        .replace(/\bstatus\.(\w+ in body)/g, '$1')
        .replace(/(resource version: )\d+/g, '$1<version>')
        .replace(/\(\d+\)$/, '(<version>)')
        .replace(/(current: )\d+/, '$1<version>')
        .replace(/(ResourceVersion in record \()\d+/g, '$1<version>')
    );
  }

  private text(value: string, field: string): string {
    if (field === 'resourceVersion' && value !== '') return numbered(this.versions, value, 'version');
    if (field === 'continue') return '<continue>';
    return this.words(value).replace(GENERATED, '$1<random>');
  }
}

function numbered(known: Map<string, string>, value: string, what: string): string {
  const name = known.get(value) ?? `<${what} ${known.size + 1}>`;
  known.set(value, name);
  return name;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
