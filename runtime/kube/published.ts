import { ask, type RequestOptions } from './ask';
import { parseJson } from './json';
import { apiVersionOf, type Resource } from './object';
import type { Transport } from './transport';

/** The part of an OpenAPI schema that says which fields and values a server takes. */
export interface FieldSchema {
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly additionalProperties?: FieldSchema;
  readonly items?: FieldSchema;
  readonly enum?: readonly unknown[];
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
}

/**
 * What a server does not take of a kind: fields that its schema has not, values that its vocabularies have not. Read from
 * the schema that it publishes, for which no right is needed.
 *
 * @param wanted what a writer may write
 * @returns paths such as `status.arrival.pushed`, in order; none where the server takes everything
 * @throws TransientError where the server does not publish the kind (yet)
 */
export async function lacking(
  transport: Transport,
  resource: Resource,
  wanted: FieldSchema,
  options: RequestOptions,
): Promise<readonly string[]> {
  const path = `/openapi/v3/${resource.group ? 'apis' : 'api'}/${apiVersionOf(resource)}`;
  return ask(transport, { method: 'GET', path, subject: path }, options, async (reply) => {
    const published = schemaIn(parseJson(await reply.text()), resource);
    if (published === undefined) throw new Error(`it publishes no schema of ${resource.kind} yet`);
    return missing(wanted, published, '');
  });
}

interface Document {
  readonly components?: {
    readonly schemas?: Readonly<Record<string, FieldSchema & { readonly [KIND]?: readonly Resource[] }>>;
  };
}

const KIND = 'x-kubernetes-group-version-kind';

function schemaIn(document: unknown, { group, version, kind }: Resource): FieldSchema | undefined {
  // The server's JSON is taken at its word: see Resource.
  const { components } = document as Document;
  return Object.values(components?.schemas ?? {}).find((schema) =>
    schema[KIND]?.some((one) => one.group === group && one.version === version && one.kind === kind),
  );
}

/** These are the server's own, and described elsewhere. */
const OWN = ['apiVersion', 'kind', 'metadata'];

function missing(wanted: FieldSchema, present: FieldSchema, at: string): string[] {
  if (present['x-kubernetes-preserve-unknown-fields']) return [];
  const known = present.enum;
  const words = known ? (wanted.enum ?? []).filter((word) => !known.includes(word)) : [];
  const lacks = words.map((word) => `${at}=${String(word)}`);
  for (const [name, field] of Object.entries(wanted.properties ?? {})) {
    if (at === '' && OWN.includes(name)) continue;
    const place = at === '' ? name : `${at}.${name}`;
    const there = present.properties?.[name];
    lacks.push(...(there === undefined ? [place] : missing(field, there, place)));
  }
  if (wanted.items && present.items) lacks.push(...missing(wanted.items, present.items, `${at}[]`));
  if (wanted.additionalProperties && present.additionalProperties) {
    lacks.push(...missing(wanted.additionalProperties, present.additionalProperties, `${at}{}`));
  }
  return lacks;
}
