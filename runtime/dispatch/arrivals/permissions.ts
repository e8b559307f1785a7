/** A render is judged by the AppProject of its Application before it is committed, as far as that can be read. */

import { ARGOCD, type ApplicationReference } from '../../../lib/api';
import { forbids, projectAppProject, type AppProjectView, type Deployed } from '../../argocd';
import { TerminalError } from '../../errors';
import type { ApplicationView } from '../../journey/facts/application';
import type { ObjectRef, Resource } from '../../kube';
import { groupOf, nameOf, type Manifest } from '../../render';

export const APP_PROJECTS: Resource = {
  group: ARGOCD.group,
  version: ARGOCD.version,
  plural: 'appprojects',
  kind: 'AppProject',
  namespaced: true,
};

/** How long a project is believed to be as it was read. Before anything fails by it, it is read anew. */
const BELIEVED_MS = 60_000;
/** Forbidden objects that a message names. */
const NAMED = 3;

export interface PermissionsOptions {
  readonly applicationOf: (
    reference: ApplicationReference,
  ) => Pick<ApplicationView, 'project' | 'destination'> | undefined;
  /** An AppProject as the API sends it; nothing where there is none. It may fail: what cannot be read forbids nothing. */
  readonly read: (place: ObjectRef) => Promise<unknown>;
  /** Namespaces that hold AppProjects, besides the Application's own. */
  readonly namespaces: readonly string[];
  readonly now: () => Date;
}

interface Kept {
  readonly project: AppProjectView | undefined;
  readonly readAt: number;
}

export class Permissions {
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly options: PermissionsOptions) {}

  /** @throws TerminalError (`RenderFailed`) naming the project, the objects and the fields that forbid them */
  async assert(reference: ApplicationReference, manifests: readonly Manifest[]): Promise<void> {
    const application = this.options.applicationOf(reference);
    if (application === undefined || application.project === '') return;
    const refusals = (project: AppProjectView | undefined): string[] => {
      if (project === undefined) return [];
      return manifests.flatMap((manifest) => {
        const why = forbids(project, application.destination, deployedOf(manifest));
        return why === undefined ? [] : [`${nameOf(manifest)} (${why})`];
      });
    };
    const place = { namespace: reference.namespace, name: application.project };
    if (refusals(await this.project(place, BELIEVED_MS)).length === 0) return;
    const found = refusals(await this.project(place, 0));
    if (found.length === 0) return;
    const more = found.length > NAMED ? ` and ${found.length - NAMED} more` : '';
    throw new TerminalError(
      `AppProject ${application.project} forbids ${found.slice(0, NAMED).join(', ')}${more}: Argo CD would not sync it. Allow it there, or render it without`,
      'RenderFailed',
    );
  }

  private async project(
    place: { readonly namespace: string; readonly name: string },
    believedMs: number,
  ): Promise<AppProjectView | undefined> {
    const key = `${place.namespace}/${place.name}`;
    const readAt = this.options.now().getTime();
    const known = this.kept.get(key);
    if (known !== undefined && readAt - known.readAt < believedMs) return known.project;
    const project = await this.find(place);
    this.kept.set(key, { project, readAt });
    return project;
  }

  private async find({ namespace, name }: { readonly namespace: string; readonly name: string }) {
    for (const place of new Set([namespace, ...this.options.namespaces])) {
      const raw = await this.options.read({ namespace: place, name }).catch(() => undefined);
      if (raw !== undefined) return projectAppProject(raw);
    }
    return undefined;
  }
}

function deployedOf(manifest: Manifest): Deployed {
  const { name, namespace } = manifest.metadata;
  return { group: groupOf(manifest), kind: manifest.kind, name, ...(namespace ? { namespace } : {}) };
}
