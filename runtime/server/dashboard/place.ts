/** Names as addresses and bodies may have them: what could not be the name of an object is not asked for. */

export const NAMESPACE = { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$' } as const;
export const NAME = { type: 'string', pattern: '^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$' } as const;

/** Where one object is. */
export interface Place {
  readonly namespace: string;
  readonly name: string;
}

export const PLACED = { schema: { params: { type: 'object', properties: { namespace: NAMESPACE, name: NAME } } } };
