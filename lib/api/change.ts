/** What a ticket carries (rule A2), and the rendered state that it is applied to (rule A1). */

import { Type, type Static } from '@sinclair/typebox';
import * as s from './schema';

export const Root = s.shape('The ticket that put an image or chart on the line (rule A4).', {
  track: s.uid('Uid of the Track on which the change first boarded.'),
  sequence: s.count('The sequence it was given there.'),
});
export type Root = Static<typeof Root>;

const imageFields = {
  repoURL: s.imageRepository('Repository, without tag or digest: `ghcr.io/acme/web`.'),
  tag: Type.Optional(s.text('Tag, for people and for registries without digests.', { maxLength: 128 })),
  digest: Type.Optional(s.digest('Digest; pinned in the manifests when set.')),
};

export const Image = s.shape('One version of one image.', imageFields, {
  ...s.rules(s.atLeastOne(['tag', 'digest'], 'an image needs a tag, a digest or both')),
});
export type Image = Static<typeof Image>;

const chartFields = {
  repoURL: s.text('Where the chart is published: `oci://` or `https://`.', { minLength: 1, maxLength: 512 }),
  name: s.text('Name of the chart.', { minLength: 1, maxLength: 255 }),
  version: s.text('Exact version.', { minLength: 1, maxLength: 128 }),
};

export const Chart = s.shape('One version of one Helm chart.', chartFields);
export type Chart = Static<typeof Chart>;

export const SourceCommit = s.shape('A commit of a source branch: base and overlays both become it.', {
  repoURL: s.repositoryURL('Source repository.'),
  commit: s.commit('Full SHA.'),
});
export type SourceCommit = Static<typeof SourceCommit>;

export const OverlayCommit = s.shape(
  'A commit that touches overlays only: the overlay of one application becomes it.',
  {
    repoURL: s.repositoryURL('Source repository.'),
    commit: s.commit('Full SHA.'),
    path: s.folderPath('Overlay folder, from the root of the repository.'),
  },
);
export type OverlayCommit = Static<typeof OverlayCommit>;

/** Parts at most in one change: coupling folds the newest of each, so it stays near what a team really lists. */
const MOST = 64;

export const Change = s.shape('What a ticket carries: a delta, never a whole state.', {
  images: Type.Optional(s.list(Image, 'Images to replace.', { maxItems: MOST, 'x-kubernetes-list-type': 'atomic' })),
  charts: Type.Optional(s.list(Chart, 'Charts to replace.', { maxItems: MOST, 'x-kubernetes-list-type': 'atomic' })),
  sources: Type.Optional(
    s.list(SourceCommit, 'Source commits.', { maxItems: MOST, 'x-kubernetes-list-type': 'atomic' }),
  ),
  overlays: Type.Optional(
    s.list(OverlayCommit, 'Overlay commits.', { maxItems: MOST, 'x-kubernetes-list-type': 'atomic' }),
  ),
});
export type Change = Static<typeof Change>;

export const StateImage = s.shape('An image in a rendered state.', { ...imageFields, root: Type.Optional(Root) });
export type StateImage = Static<typeof StateImage>;

export const StateChart = s.shape('A chart in a rendered state.', { ...chartFields, root: Type.Optional(Root) });
export type StateChart = Static<typeof StateChart>;

const stateFields = {
  base: Type.Optional(s.commit('Commit of the source branch that everything but the overlay is taken from.')),
  overlay: Type.Optional(s.commit('Commit that the overlay folder is taken from.')),
  images: Type.Optional(
    s.list(StateImage, 'Images set on the manifests, sorted by repository.', {
      maxItems: 500,
      'x-kubernetes-list-type': 'atomic',
    }),
  ),
  charts: Type.Optional(
    s.list(StateChart, 'Chart versions, sorted by repository and name.', {
      maxItems: 100,
      'x-kubernetes-list-type': 'atomic',
    }),
  ),
};

export const RenderedState = s.shape('What a rendered branch shows is a function of this (rule A1).', stateFields);
export type RenderedState = Static<typeof RenderedState>;

export const ListedState = s.shape('A rendered state in a list of them.', {
  ...stateFields,
  sharesWith: Type.Optional(
    s.count(
      'Index of an earlier state in the list: its images and charts are those of this one, which has none itself.',
    ),
  ),
});
export type ListedState = Static<typeof ListedState>;

export const Renderer = s.shape('Who turned the state into manifests.', {
  name: s.text('`kustomize`, `yaml`, ...', { maxLength: 64 }),
  version: s.text('Its version, part of the render key.', { maxLength: 64 }),
});
export type Renderer = Static<typeof Renderer>;

/** The content of `.k8sta/state.yaml` on a rendered branch: the copy for people and for recovery (rule A7). */
export const StateRecord = s.shape('The rendered state that a branch shows.', {
  apiVersion: Type.Literal('k8sta.io/v1alpha1'),
  kind: Type.Literal('RenderedState'),
  station: s.text('`<namespace>/<name>` of the Station.'),
  application: s.text('`<namespace>/<name>` of the Application.'),
  ticket: s.text('`<namespace>/<name>` of the Ticket that wrote it.'),
  state: RenderedState,
  renderer: Renderer,
  good: Type.Optional(s.commit('The good commit before this one.')),
  files: Type.Record(Type.String(), Type.String(), {
    description:
      'The managed files, sorted by path, each with the id of its blob: what the commit wrote, byte for byte.',
  }),
});
export type StateRecord = Static<typeof StateRecord>;
