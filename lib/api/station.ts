/** Station: a stop, the Applications that it drives, the gates before and behind it, and the tracks that branch off. */

import { Type, type Static } from '@sinclair/typebox';
import * as s from './schema';
import { ListedState } from './change';

export const LAYOUTS = ['Files', 'SingleFile'] as const;
export const VIAS = ['Push', 'PullRequest'] as const;
export const MERGERS = ['People', 'Automatic'] as const;
export const MERGE_METHODS = ['Merge', 'Squash', 'Rebase'] as const;

const empty = (description: string) => s.shape(description, {});

export const HelmRender = s.shape(
  'Helm. Without chart and path: the chart in the overlay, or in `base`.',
  {
    path: Type.Optional(s.folderPath('Chart in the repository, from `folder`.')),
    chart: Type.Optional(
      s.shape('Published chart; a chart ticket replaces its version.', {
        repoURL: s.text('`oci://` or `https://`.', {
          minLength: 1,
          maxLength: 512,
          pattern: '^(oci|https?)://[^\\s]+$',
        }),
        name: s.text('Name.', { minLength: 1, maxLength: 255 }),
        version: s.text('Version until the first chart ticket.', { minLength: 1, maxLength: 128 }),
      }),
    ),
    kubeVersion: Type.Optional(
      s.text('Version of Kubernetes that charts are told. Absent: the one that helm was made for.', {
        maxLength: 32,
        pattern: s.KUBERNETES_VERSION_PATTERN,
      }),
    ),
    apiVersions: Type.Optional(
      s.list(
        s.text('`group/version`, or `group/version/Kind`.', {
          maxLength: 253,
          pattern: s.API_VERSION_PATTERN,
        }),
        'API versions of the cluster beside those that helm knows, for charts that ask.',
        { maxItems: 100, 'x-kubernetes-list-type': 'set' },
      ),
    ),
  },
  {
    ...s.rules(s.notTogether(['path', 'chart'], 'a chart is in the repository (path) or published (chart), not both')),
  },
);

export const RenderSpec = s.shape(
  'How the source becomes manifests. Absent: found by convention.',
  {
    kustomize: Type.Optional(empty('kustomize, as shipped with the runtime.')),
    helm: Type.Optional(HelmRender),
    ytt: Type.Optional(empty('ytt.')),
    yaml: Type.Optional(empty('A folder of plain YAML or JSON.')),
    command: Type.Optional(
      s.shape('A command that the operator declared.', { name: s.dnsLabel('Its declared name.') }),
    ),
  },
  { ...s.rules(s.exactlyOne('kustomize', 'helm', 'ytt', 'yaml', 'command')) },
);
export type RenderSpec = Static<typeof RenderSpec>;

export const ApplicationReference = s.shape('An Argo CD Application and where its manifests come from.', {
  name: s.objectName('Name of the Application.'),
  namespace: s.dnsLabel('Namespace of the Application.'),
  enabled: s.flag('A disabled application is skipped, on the record (rule A6).', true),
  repoURL: s.repositoryURL('Repository of source and rendered branch.'),
  sourceBranch: s.branchName('The one branch people edit.', { default: 'main' }),
  folder: s.folderPath('Folder that the repository is seen from; empty means its root.', { default: '' }),
  overlay: s.folderPath('Overlay folder, from `folder`.'),
  branch: s.branchName('The rendered branch.'),
  layout: s.words('One file for each object, or one for all.', LAYOUTS, { default: 'Files' }),
  render: Type.Optional(RenderSpec),
  destinationNamespace: Type.Optional(
    s.dnsLabel('Namespace of objects that name none, and of a Helm release. Absent: the name of the Application.'),
  ),
  images: Type.Optional(
    s.list(s.imageRepository('Image repository.'), 'What it is known to use.', {
      maxItems: 100,
      'x-kubernetes-list-type': 'set',
    }),
  ),
  adopt: s.flag("Whether to take over a branch that holds another tool's files (rule D10).", false),
});
export type ApplicationReference = Static<typeof ApplicationReference>;

export const Junction = s.shape('A track that branches off here.', {
  track: s.placeName('Name of the Track.'),
  namespace: Type.Optional(s.dnsLabel('Its namespace, when it is another one.')),
  enabled: s.flag('A disabled reference is skipped, on the record (rule C7).', true),
});
export type Junction = Static<typeof Junction>;

export const Window = s.shape(
  'A recurring span of time.',
  {
    allow: Type.Optional(s.text('Cron expression at which an allowing window opens.', { maxLength: 128 })),
    deny: Type.Optional(s.text('Cron expression at which a denying window opens.', { maxLength: 128 })),
    duration: s.duration('How long it stays open.'),
    timeZone: s.text('IANA time zone.', { maxLength: 64, default: 'UTC' }),
  },
  { ...s.rules(s.exactlyOne('allow', 'deny')) },
);
export type Window = Static<typeof Window>;

export const EntryGates = s.shape('What a ticket waits for before it may arrive (rule F1).', {
  approval: Type.Optional(empty('A person with the verb `approve` on this Station says yes to the exact trees.')),
  windows: Type.Optional(
    s.list(Window, 'Open when some allow window is, or there is none, and no deny window is.', {
      maxItems: 20,
      'x-kubernetes-list-type': 'atomic',
    }),
  ),
  completed: Type.Optional(
    s.shape("This ticket's children on these tracks are completed (fan-in).", {
      tracks: s.list(s.text('Track: `name`, or `namespace/name`.', { maxLength: 128 }), 'Tracks.', {
        minItems: 1,
        maxItems: 50,
        'x-kubernetes-list-type': 'set',
      }),
    }),
  ),
});
export type EntryGates = Static<typeof EntryGates>;

const TICKET_VALUES = {
  imageTag: Type.Optional(s.imageRepository('Tag of this image.')),
  imageDigest: Type.Optional(s.imageRepository('Digest of this image.')),
  sourceCommit: Type.Optional(s.repositoryURL('Source commit of this repository.')),
  ticket: Type.Optional(empty('Name of the ticket.')),
  station: Type.Optional(empty('Name of the station.')),
};

export const AnalysisArgument = s.shape(
  'An argument of the analysis.',
  {
    name: s.text('Name of the argument.', { minLength: 1, maxLength: 128 }),
    value: Type.Optional(s.text('A fixed text.', { maxLength: 1024 })),
    valueFrom: Type.Optional(
      s.shape('A value of the ticket.', TICKET_VALUES, { ...s.rules(s.exactlyOne(...Object.keys(TICKET_VALUES))) }),
    ),
  },
  { ...s.rules(s.exactlyOne('value', 'valueFrom')) },
);
export type AnalysisArgument = Static<typeof AnalysisArgument>;

export const Analysis = s.shape('An Argo Rollouts analysis (rule F5).', {
  template: s.objectName('AnalysisTemplate.'),
  clusterScope: s.flag('Whether it is a ClusterAnalysisTemplate.', false),
  args: s.listByName(AnalysisArgument, 'Arguments.', 50),
});
Analysis.properties.args.default = [];
export type Analysis = Static<typeof Analysis>;

export const ExitGates = s.shape('What a ticket waits for before it departs (rule F5).', {
  soak: Type.Optional(s.duration('How long it must stay healthy.')),
  analyses: Type.Optional(
    s.list(Analysis, 'Analyses that must succeed.', { maxItems: 20, 'x-kubernetes-list-type': 'atomic' }),
  ),
});
export type ExitGates = Static<typeof ExitGates>;

export const Deadlines = s.shape(
  'How long an arrival may take.',
  {
    arrival: s.duration('From the last branch showing our commit until synced and healthy (rule E1).', {
      default: '30m',
    }),
    degraded: s.duration('How long Degraded is borne (rule E2).', { default: '1m' }),
    missing: s.duration('How long a missing Application is waited for (rule E2).', { default: '10m' }),
  },
  { default: {} },
);
export type Deadlines = Static<typeof Deadlines>;

export const PullRequests = s.shape('How pull requests are merged, with `via: PullRequest` (rule D9).', {
  merge: s.words('Who merges them: people, or the runtime as soon as the forge and its checks allow it.', MERGERS, {
    default: 'People',
  }),
  method: s.words('How the runtime merges them; people may merge as they like.', MERGE_METHODS, {
    default: 'Merge',
  }),
});
export type PullRequests = Static<typeof PullRequests>;

export const StationSpec = s.shape('The stop as a team describes it.', {
  enabled: s.flag('A disabled station is skipped, on the record (rule C7).', true),
  hold: s.flag('Set by people: nothing but a rollback takes the station.', false),
  via: s.words('How commits enter the rendered branches (rule D9).', VIAS, { default: 'Push' }),
  pullRequests: Type.Optional(PullRequests),
  commitStatus: Type.Optional(
    Type.Boolean({
      description: 'Whether the forge of a source shows on its commits that they are in this station, or why not.',
    }),
  ),
  deadlines: Deadlines,
  applications: s.listByName(
    ApplicationReference,
    'Applications that an arrival brings to its state, all together.',
    200,
    ['namespace', 'name'],
  ),
  junctions: Type.Array(Junction, {
    description: 'Tracks that branch off here.',
    maxItems: 100,
    default: [],
    'x-kubernetes-list-type': 'atomic',
  }),
  entry: Type.Optional(EntryGates),
  exit: Type.Optional(ExitGates),
});
StationSpec.properties.applications.default = [];
export type StationSpec = Static<typeof StationSpec>;

export const TicketReference = s.shape('A ticket by name and uid: a new ticket of the same name is another one.', {
  ticket: s.objectName('Name.'),
  uid: s.uid('Uid.'),
});
export type TicketReference = Static<typeof TicketReference>;

export const Occupant = s.shape('The ticket that is arriving.', {
  ticket: s.objectName('Name.'),
  uid: s.uid('Uid.'),
  start: s.time('When it took the station: the date of every commit of the arrival (rule D1).'),
  displaced: Type.Optional(
    s.list(TicketReference, 'Tickets that this rollback took the station from, the last one first (rule G3).', {
      maxItems: 16,
      'x-kubernetes-list-type': 'atomic',
    }),
  ),
});
export type Occupant = Static<typeof Occupant>;

export const Stop = s.shape('The ticket that nothing may follow until a person resumes (rules E3, G3).', {
  ticket: s.objectName('Name.'),
  uid: s.uid('Uid.'),
  spent: Type.Optional(
    s.count('Resumes of that ticket which name no head and were there already: a further one ends the stop (rule G1).'),
  ),
});
export type Stop = Static<typeof Stop>;

export const ApplicationStatus = s.shape('Where one application stands.', {
  name: s.objectName('Name of the Application.'),
  namespace: s.dnsLabel('Namespace of the Application.'),
  head: Type.Optional(
    s.shape('The last commit that the runtime put on the branch.', {
      commit: s.commit('SHA.'),
      state: Type.Optional(s.count('Index into `states`, where it differs from good.')),
    }),
  ),
  good: Type.Optional(
    s.shape('The last commit that completed an arrival.', {
      commit: s.commit('SHA.'),
      state: s.count('Index into `states`.'),
      recovered: Type.Optional(Type.Boolean({ description: 'Read back from Git; its gates were not held (rule A7).' })),
    }),
  ),
});
export type ApplicationStatus = Static<typeof ApplicationStatus>;

export const CommitReference = s.shape('A commit of one application.', {
  application: s.text('`<namespace>/<name>` of the Application.', { maxLength: 320 }),
  commit: s.commit('SHA.'),
});
export type CommitReference = Static<typeof CommitReference>;

export const StationHistory = s.shape('One earlier arrival.', {
  ticket: s.objectName('Name of the ticket.'),
  uid: s.uid('Uid of the ticket.'),
  time: s.time('When it ended.'),
  change: Type.Optional(s.text('Its change, in a line.')),
  commits: s.list(CommitReference, 'The good commits.', { maxItems: 200, 'x-kubernetes-list-type': 'atomic' }),
});
export type StationHistory = Static<typeof StationHistory>;

export const StationStatus = s.shape('The truth about the stop (rule A7).', {
  observedGeneration: s.observedGeneration(),
  occupant: Type.Optional(Occupant),
  holdBy: Type.Optional(Stop),
  haltBy: Type.Optional(Stop),
  applications: Type.Optional(
    s.listByName(ApplicationStatus, 'One entry for each application that was ever written.', 400, [
      'namespace',
      'name',
    ]),
  ),
  states: Type.Optional(
    s.list(ListedState, 'Rendered states, each once.', { maxItems: 800, 'x-kubernetes-list-type': 'atomic' }),
  ),
  history: Type.Optional(
    s.list(
      StationHistory,
      'Completed arrivals, newest first; the first is the present good, the ten behind it are earlier ones.',
      {
        maxItems: 11,
        'x-kubernetes-list-type': 'atomic',
      },
    ),
  ),
  summary: Type.Optional(
    s.shape('One-line texts for columns; nothing decides by them.', {
      shows: Type.Optional(s.text('What it shows.')),
      health: Type.Optional(s.text('Worst health of its Applications.', { maxLength: 64 })),
      gates: Type.Optional(s.text('Its gates.', { maxLength: 256 })),
      held: Type.Optional(s.text('Who or what holds it.', { maxLength: 320 })),
    }),
  ),
  conditions: s.conditions(),
});
export type StationStatus = Static<typeof StationStatus>;
