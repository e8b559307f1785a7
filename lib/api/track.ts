/** Track: an ordered list of stations, and the subscriptions that put new changes on it. */

import { Type, type Static } from '@sinclair/typebox';
import * as s from './schema';
import { Image, Chart } from './change';

export const SERVICES = ['Latest', 'Every'] as const;
export const EXPRESS_MODES = ['Immediate', 'Follow'] as const;
export const FAILURE_POLICIES = ['Continue', 'Halt', 'Rollback'] as const;
export type FailurePolicy = (typeof FAILURE_POLICIES)[number];

const regularExpression = (description: string) => s.text(description, { maxLength: 256 });

export const ImageSelection = s.shape(
  'How the newest version is chosen.',
  {
    semver: Type.Optional(
      s.shape('Highest semantic version.', {
        constraint: s.text('Range that a version must satisfy, such as `^1.0.0`.', { maxLength: 256, default: '*' }),
        prereleases: s.flag('Whether pre-releases count.', false),
      }),
    ),
    newest: Type.Optional(s.shape('Newest build, by creation time.', {})),
    name: Type.Optional(s.shape('Last tag in byte order.', {})),
    digest: Type.Optional(
      s.shape('What one moving tag points to.', {
        tag: s.text('The tag, such as `stable`.', { minLength: 1, maxLength: 128 }),
      }),
    ),
  },
  { ...s.rules(s.exactlyOne('semver', 'newest', 'name', 'digest')) },
);
export type ImageSelection = Static<typeof ImageSelection>;

export const ImageSubscription = s.shape('New versions of images.', {
  repositories: s.list(
    s.imageRepository('Image repository, without tag.'),
    'Repositories; with several, a version that all of them have boards as one ticket.',
    { minItems: 1, maxItems: 50, 'x-kubernetes-list-type': 'set' },
  ),
  select: ImageSelection,
  allowTags: Type.Optional(regularExpression('RE2 expression that a tag must match.')),
  ignoreTags: Type.Optional(regularExpression('RE2 expression of tags to leave out; wins over allowTags.')),
  platform: Type.Optional(
    s.text('`os/architecture` that an image must offer.', {
      maxLength: 64,
      pattern: '^[a-z0-9]+/[a-z0-9]+(/[a-z0-9]+)?$',
    }),
  ),
  interval: s.duration('How often to look.', { default: '5m' }),
  secretName: Type.Optional(s.objectName('Pull secret in the namespace of the Track.')),
});
export type ImageSubscription = Static<typeof ImageSubscription>;

/** What may stand in the name of a tag. */
export const TAG_PREFIX = /^[^\s~^:?*[\\]+$/;

export const SourceTags = s.shape('Releases of the source: tags that are semantic versions.', {
  semver: s.shape('Highest semantic version.', {
    constraint: s.text('Range that a version must satisfy, such as `^1.0.0`.', { maxLength: 256, default: '*' }),
    prereleases: s.flag('Whether pre-releases count.', false),
  }),
  prefix: Type.Optional(
    s.text('What a tag has before its version, such as `api/`; tags without it are not looked at.', {
      minLength: 1,
      maxLength: 128,
      pattern: TAG_PREFIX.source,
    }),
  ),
  allowTags: Type.Optional(regularExpression('RE2 expression that a tag must match, seen without its prefix.')),
  ignoreTags: Type.Optional(
    regularExpression('RE2 expression of tags to leave out, seen without their prefix; wins over allowTags.'),
  ),
});
export type SourceTags = Static<typeof SourceTags>;

export const SourceSubscription = s.shape('New commits of a source branch, or its releases.', {
  repoURL: s.repositoryURL('Source repository.'),
  branch: s.branchName('The one branch people edit.', { default: 'main' }),
  tags: Type.Optional(SourceTags),
  folder: s.folderPath('Folder that the repository is seen from; empty means its root.', { default: '' }),
  include: Type.Optional(
    s.list(s.text('Glob.', { maxLength: 255 }), 'Paths that count; empty means all.', {
      maxItems: 50,
      'x-kubernetes-list-type': 'set',
    }),
  ),
  exclude: Type.Optional(
    s.list(s.text('Glob.', { maxLength: 255 }), 'Paths that never count.', {
      maxItems: 50,
      'x-kubernetes-list-type': 'set',
    }),
  ),
  interval: s.duration('How often to look.', { default: '1m' }),
});
export type SourceSubscription = Static<typeof SourceSubscription>;

export const ChartSubscription = s.shape('New versions of a Helm chart.', {
  repoURL: s.text('`oci://` registry path or `https://` index.', {
    minLength: 1,
    maxLength: 512,
    pattern: '^(oci|https?)://[^\\s]+$',
  }),
  name: s.text('Name of the chart.', { minLength: 1, maxLength: 255 }),
  semver: s.text('Range that a version must satisfy.', { maxLength: 256, default: '*' }),
  interval: s.duration('How often to look.', { default: '5m' }),
  secretName: Type.Optional(
    s.objectName('Pull secret, or Secret with username and password, in the namespace of the Track.'),
  ),
});
export type ChartSubscription = Static<typeof ChartSubscription>;

export const Subscription = s.shape(
  'What boards by itself.',
  {
    name: s.dnsLabel('Name, unique in the track.'),
    images: Type.Optional(ImageSubscription),
    chart: Type.Optional(ChartSubscription),
    source: Type.Optional(SourceSubscription),
  },
  { ...s.rules(s.exactlyOne('images', 'chart', 'source')) },
);
export type Subscription = Static<typeof Subscription>;

export const TrackSpec = s.shape('The line as a team describes it.', {
  enabled: s.flag('A disabled track boards nothing; its standing tickets stay (rule C7).', true),
  hold: s.flag('Set by people: nothing boards, and its tickets take no station.', false),
  service: s.words('Whether waiting tickets couple (Latest) or each rides to the end (Every); rule C4.', SERVICES, {
    default: 'Latest',
  }),
  express: s.words('When overlay-only commits go (rule B4).', EXPRESS_MODES, { default: 'Immediate' }),
  onFailure: s.words('What a failed ticket leaves behind (rule E3).', FAILURE_POLICIES, { default: 'Continue' }),
  historyLimit: s.count('How many ended tickets are kept (rule H2).', { default: 50, maximum: 1000 }),
  subscriptions: s.listByName(Subscription, 'What boards by itself.', 50),
  stations: Type.Array(s.shape('A stop.', { name: s.placeName('Station in the same namespace.') }), {
    description: 'Stops in order.',
    minItems: 1,
    maxItems: 1000,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
  }),
  boardedFrom: Type.Optional(
    s.list(
      s.shape('A junction in another namespace that may board this track.', {
        namespace: s.dnsLabel('Its namespace.'),
        station: s.placeName('Its Station.'),
      }),
      'Consent to junctions in other namespaces (rule L6).',
      { maxItems: 50, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['namespace', 'station'] },
    ),
  ),
});
TrackSpec.properties.subscriptions.default = [];
export type TrackSpec = Static<typeof TrackSpec>;

const Versions = {
  images: Type.Optional(s.list(Image, 'Images.', { maxItems: 50, 'x-kubernetes-list-type': 'atomic' })),
  chart: Type.Optional(Chart),
  commit: Type.Optional(s.commit('Commit of the source branch.')),
  tag: Type.Optional(s.text('Tag of the source that named the commit.', { maxLength: 255 })),
  created: Type.Optional(s.time('When the image was built, where the strategy goes by it.')),
};

export const SubscriptionStatus = s.shape(
  'What a subscription last saw. Written when something changed, never for the time of a look (I8).',
  {
    name: s.dnsLabel('Name of the subscription.'),
    specDigest: Type.Optional(
      s.text('Digest of the subscription that this was seen with; a changed one looks afresh (rule B2).', {
        maxLength: 80,
      }),
    ),
    count: Type.Optional(s.count('How many times it has made tickets.')),
    seen: Type.Optional(s.shape('The newest that it chose.', Versions)),
    ticketed: Type.Optional(
      s.shape('The newest that it made a ticket for, or that the first station already showed.', Versions),
    ),
    choice: Type.Optional(s.message('Why that one, in a sentence.')),
    problem: Type.Optional(s.message('What keeps it from looking or choosing; the last good look stays in force.')),
  },
);
export type SubscriptionStatus = Static<typeof SubscriptionStatus>;

export const TrackStatus = s.shape('What the runtime knows of the line.', {
  observedGeneration: s.observedGeneration(),
  sequence: Type.Optional(s.count('The last sequence that was given.')),
  boarded: Type.Optional(
    s.shape('The ticket that the last sequence was given to: giving it is this one write.', {
      ticket: s.objectName('Its name.'),
      uid: s.uid('Its uid.'),
    }),
  ),
  subscriptions: Type.Optional(s.listByName(SubscriptionStatus, 'One entry for each subscription.', 50)),
  hints: Type.Optional(
    s.timesByName(
      'When a webhook last said that something moved, by subscription: it is looked at once more (rule B1).',
      50,
    ),
  ),
  summary: Type.Optional(
    s.shape('One-line texts for columns; nothing decides by them.', {
      subscriptions: Type.Optional(s.text('Names of the subscriptions.')),
      stations: Type.Optional(s.text('The line.', { maxLength: 4096 })),
    }),
  ),
  conditions: s.conditions(),
});
export type TrackStatus = Static<typeof TrackStatus>;
