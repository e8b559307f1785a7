import type { Json, JsonObject, KubernetesObject } from '../json';
import { bodyAs, readAs } from '../objects/reading';
import { apiVersionOf, type Endpoint } from '../registry';
import type { Entry } from '../store/entry';
import type { Shape } from './negotiation';

/** `metadata` of a list. */
export interface ListMetadata extends JsonObject {
  resourceVersion: string;
  continue?: string;
  remainingItemCount?: number;
}

/** Puts objects into the shape that a client asked for. */
export interface Form {
  /** Forms with the same key give the same bytes for an event, so they can share them. */
  readonly key: string;
  /** An object that is not stored: the outcome of a dry run or a review. */
  one(object: KubernetesObject): Buffer;
  list(entries: readonly Entry[], metadata: ListMetadata): Buffer[];
  /** A stored object. @param first whether the client needs the columns of a table: not again in one watch */
  stored(entry: Entry, first: boolean): Buffer;
  /** A bookmark's object. */
  bookmark(object: KubernetesObject): Buffer;
}

/** How the rows of a table carry their objects. */
export type Included = 'Metadata' | 'Object' | 'None';

export function formFor(shape: Shape, endpoint: Endpoint, included: Included, now: () => Date): Form {
  switch (shape) {
    case 'Table':
      return new TableForm(endpoint, included, now);
    case 'Metadata':
      return new MetadataForm(endpoint);
    case 'Object':
      return new WholeForm(endpoint);
  }
}

const encode = (value: JsonObject): Buffer => Buffer.from(JSON.stringify(value));
const COMMA = Buffer.from(',');

class WholeForm implements Form {
  readonly key: string;

  constructor(private readonly endpoint: Endpoint) {
    this.key = `whole ${apiVersionOf(endpoint)}`;
  }

  one(object: KubernetesObject): Buffer {
    return encode(object);
  }

  /** The stored bytes, strung together. */
  list(entries: readonly Entry[], metadata: ListMetadata): Buffer[] {
    const { listKind } = this.endpoint.resource;
    const head = JSON.stringify({ kind: listKind, apiVersion: apiVersionOf(this.endpoint), metadata });
    const parts: Buffer[] = [Buffer.from(`${head.slice(0, -1)},"items":[`)];
    entries.forEach((entry, position) => {
      if (position > 0) parts.push(COMMA);
      parts.push(bodyAs(entry, this.endpoint));
    });
    parts.push(Buffer.from(']}\n'));
    return parts;
  }

  stored(entry: Entry): Buffer {
    return bodyAs(entry, this.endpoint);
  }

  bookmark(object: KubernetesObject): Buffer {
    return encode(object);
  }
}

function metadataOnly(object: KubernetesObject): JsonObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

class MetadataForm implements Form {
  readonly key: string;

  constructor(private readonly endpoint: Endpoint) {
    this.key = `metadata ${apiVersionOf(endpoint)}`;
  }

  one(object: KubernetesObject): Buffer {
    return encode(metadataOnly(object));
  }

  list(entries: readonly Entry[], metadata: ListMetadata): Buffer[] {
    const items = entries.map((entry) => metadataOnly(readAs(entry, this.endpoint)));
    return [encode({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items })];
  }

  stored(entry: Entry): Buffer {
    return this.one(readAs(entry, this.endpoint));
  }

  bookmark(object: KubernetesObject): Buffer {
    return this.one(object);
  }
}

class TableForm implements Form {
  readonly key: string;

  constructor(
    private readonly endpoint: Endpoint,
    private readonly included: Included,
    private readonly now: () => Date,
  ) {
    this.key = `table ${apiVersionOf(endpoint)} ${included}`;
  }

  one(object: KubernetesObject): Buffer {
    return this.table([object], { resourceVersion: object.metadata.resourceVersion ?? '' }, true);
  }

  list(entries: readonly Entry[], metadata: ListMetadata): Buffer[] {
    return [
      this.table(
        entries.map((entry) => readAs(entry, this.endpoint)),
        metadata,
        true,
      ),
    ];
  }

  stored(entry: Entry, first: boolean): Buffer {
    return this.table([readAs(entry, this.endpoint)], { resourceVersion: String(entry.revision) }, first);
  }

  bookmark(object: KubernetesObject): Buffer {
    const rows = [{ cells: this.endpoint.columns.map(() => null), object: metadataOnly(object) }];
    const metadata = { resourceVersion: object.metadata.resourceVersion ?? '' };
    return encode({ kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata, columnDefinitions: null, rows });
  }

  private table(objects: readonly KubernetesObject[], metadata: ListMetadata, withColumns: boolean): Buffer {
    const now = this.now();
    const columnDefinitions = this.endpoint.columns.map(({ name, type, format, description, priority }) => ({
      name,
      type,
      format: format ?? '',
      description: description ?? '',
      priority,
    }));
    const rows = objects.map((object) => ({
      cells: this.endpoint.columns.map((column) => column.cell(object, now)),
      ...this.objectOf(object),
    }));
    return encode({
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata,
      columnDefinitions: withColumns ? columnDefinitions : null,
      rows,
    });
  }

  private objectOf(object: KubernetesObject): { object: Json } {
    switch (this.included) {
      case 'None':
        return { object: null };
      case 'Object':
        return { object };
      case 'Metadata':
        return { object: metadataOnly(object) };
    }
  }
}
