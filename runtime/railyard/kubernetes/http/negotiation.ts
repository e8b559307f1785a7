/** One media type of an Accept header. */
interface MediaType {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** How a client wants objects: whole, as rows of a table, or their metadata only. */
export type Shape = 'Object' | 'Table' | 'Metadata';

function mediaTypes(accept: string): MediaType[] {
  return accept.split(',').flatMap((part) => {
    const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    if (type === '') return [];
    const pairs = parameters.map((parameter): [string, string] => {
      const equals = parameter.indexOf('=');
      return [parameter.slice(0, equals), parameter.slice(equals + 1)];
    });
    return [{ type, parameters: new Map(pairs) }];
  });
}

const JSON_TYPES = new Set(['application/json', 'application/*', '*/*']);

/** The first shape of the Accept header that this server can give; undefined when it accepts no JSON. */
export function shapeFor(accept: string | undefined): Shape | undefined {
  if (accept === undefined || accept.trim() === '') return 'Object';
  for (const { type, parameters } of mediaTypes(accept)) {
    if (!JSON_TYPES.has(type)) continue;
    const as = parameters.get('as');
    if (as === undefined) return 'Object';
    if (parameters.get('g') !== 'meta.k8s.io' || parameters.get('v') !== 'v1') continue;
    if (as === 'Table') return 'Table';
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return 'Metadata';
  }
  return undefined;
}

/** The media type of aggregated discovery that the client accepts, spelled as a response must spell it. */
export function aggregatedDiscovery(accept: string | undefined): string | undefined {
  const wanted = mediaTypes(accept ?? '').find(
    ({ type, parameters }) =>
      type === 'application/json' &&
      parameters.get('g') === 'apidiscovery.k8s.io' &&
      parameters.get('v') === 'v2' &&
      parameters.get('as') === 'APIGroupDiscoveryList',
  );
  return wanted && 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
}
