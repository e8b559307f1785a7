/** Ticket: one change riding one track; its status is punched as it goes. */

import { Type, type Static } from '@sinclair/typebox';
import * as s from './schema';
import { Change, ListedState, Renderer, Root } from './change';
import { JUNCTION_SKIPS, PHASES, STAMP_RESULTS, WAITING_REASONS, FAILURE_REASONS } from './reasons';
import { CommitReference } from './station';

const person = (description: string) => s.text(description, { minLength: 1, maxLength: 253 });

const Named = (description: string) => s.shape(description, { name: s.objectName('Name.'), uid: s.uid('Uid.') });

export const Branching = s.shape('A track that was ridden, up to where the next one branched off.', {
  namespace: s.dnsLabel('Namespace of the Track.'),
  track: s.placeName('Name of the Track.'),
  uid: s.uid('Uid of the Track.'),
  station: s.placeName('The junction.'),
});
export type Branching = Static<typeof Branching>;

export const Origin = s.shape('Where the ticket comes from: its identity (rule B8).', {
  track: Type.Optional(s.uid('Uid of the Track that it was made for: a later one of the same name is another Track.')),
  subscription: Type.Optional(s.dnsLabel('Subscription that made it.')),
  number: Type.Optional(s.count('How many times its subscription had made tickets then, this time included.')),
  tag: Type.Optional(s.text('Tag of the source that named its commit then.', { maxLength: 255 })),
  after: Type.Optional(s.text('The change ticketed before, in a line.', { maxLength: 32768 })),
  parent: Type.Optional(
    s.shape('The ticket whose arrival at a junction made it.', {
      name: s.objectName('Name.'),
      namespace: Type.Optional(s.dnsLabel('Namespace, when it is another one.')),
      uid: s.uid('Uid.'),
      station: s.placeName('The junction.'),
    }),
  ),
  lineage: Type.Optional(
    s.list(Branching, 'The tracks that its parents rode, oldest first (rules A8, B6).', {
      maxItems: 64,
      'x-kubernetes-list-type': 'atomic',
    }),
  ),
  retryOf: Type.Optional(Named('The ticket that it tries again.')),
  failed: Type.Optional(Named('The ticket whose failure made this rollback.')),
  person: Type.Optional(person('Who made it.')),
});
export type Origin = Static<typeof Origin>;

export const RollbackTarget = s.shape('A rollback of one station.', {
  station: s.placeName('The station.'),
  to: s.shape(
    'Which good state.',
    {
      previous: Type.Optional(Type.Boolean({ description: 'The good state before the present one.' })),
      commits: Type.Optional(
        s.list(CommitReference, 'The good commits.', {
          minItems: 1,
          maxItems: 200,
          'x-kubernetes-list-type': 'atomic',
        }),
      ),
    },
    { ...s.rules(s.exactlyOne('previous', 'commits')) },
  ),
});
export type RollbackTarget = Static<typeof RollbackTarget>;

export const Approval = s.shape('A yes to exact trees (rule F3).', {
  station: s.placeName('The station.'),
  digest: s.digest('Digest over the trees that were approved.'),
  by: person('Who approved.'),
});
export type Approval = Static<typeof Approval>;

export const Resume = s.shape('A word that ends one suspension (rule G1).', {
  uid: s.uid('Uid of the ticket, halt or inconclusive AnalysisRun that it ends.'),
  heads: Type.Optional(
    s.list(s.commit('SHA.'), 'The heads that the person saw.', { maxItems: 200, 'x-kubernetes-list-type': 'set' }),
  ),
  by: person('Who said it.'),
});
export type Resume = Static<typeof Resume>;

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
const isExpress = (spec: unknown): boolean =>
  field(spec, 'express') !== undefined && field(spec, 'track') === undefined;
const carriesOverlaysOnly = (spec: unknown): boolean => {
  const change = field(spec, 'change');
  if (change === undefined) return true;
  const others = ['images', 'charts', 'sources'].filter((part) => field(change, part) !== undefined);
  return others.length === 0 && field(change, 'overlays') !== undefined;
};

export const TicketSpec = s.shape(
  'What rides, and what people say about it.',
  {
    track: Type.Optional(s.immutable('track', s.placeName('Track that it rides.'))),
    express: Type.Optional(
      s.immutable('express', s.shape('Visits one station alone (rule B3).', { station: s.placeName('The station.') })),
    ),
    rollback: Type.Optional(s.immutable('rollback', RollbackTarget)),
    change: Type.Optional(s.immutable('change', Change)),
    origin: Type.Optional(s.immutable('origin', Origin)),
    hold: s.flag('Set by people: it takes no station from here on.', false),
    abort: s.flag('Set by people: it ends.', false),
    approvals: Type.Optional(s.list(Approval, 'Set by people.', { maxItems: 100, 'x-kubernetes-list-type': 'atomic' })),
    resumes: Type.Optional(s.list(Resume, 'Set by people.', { maxItems: 100, 'x-kubernetes-list-type': 'atomic' })),
  },
  {
    ...s.rules(
      s.exactlyOne('track', 'express', 'rollback'),
      s.atLeastOne(['rollback', 'change'], 'a ticket that is no rollback needs a change'),
      {
        rule: '!has(self.express) || has(self.track) || !has(self.change) || (has(self.change.overlays) && !has(self.change.images) && !has(self.change.charts) && !has(self.change.sources))',
        message: 'an express ticket carries overlays only: put anything else on a track',
        holds: (self) => !isExpress(self) || carriesOverlaysOnly(self),
      },
      s.notTogether(['rollback', 'change'], 'a rollback carries no change: it puts good commits back'),
      {
        rule: 'has(self.track) == has(oldSelf.track) && has(self.express) == has(oldSelf.express) && has(self.rollback) == has(oldSelf.rollback)',
        message: 'track, express and rollback are immutable: make a new ticket instead',
      },
      {
        rule: 'has(self.change) == has(oldSelf.change) && has(self.origin) == has(oldSelf.origin)',
        message: 'change and origin are immutable: make a new ticket instead',
      },
      { rule: 'self.abort || !oldSelf.abort', message: 'an abort cannot be taken back: make a new ticket instead' },
    ),
  },
);
export type TicketSpec = Static<typeof TicketSpec>;

export const Waiting = s.shape('What it waits for (rule E4).', {
  reason: s.words('One word for programs.', WAITING_REASONS),
  since: s.time('Since when.'),
  until: Type.Optional(s.time('When the wait ends by itself.')),
  message: s.message('What it waits for, and what would end the wait.'),
  resume: Type.Optional(
    s.shape("What an entry of `spec.resumes` names that ends the wait, where a person's word does (rule G1).", {
      uid: s.uid('Uid of the ticket or inconclusive AnalysisRun.'),
      heads: Type.Optional(
        s.list(s.commit('SHA.'), 'Heads that our files would go on top of.', {
          maxItems: 200,
          'x-kubernetes-list-type': 'set',
        }),
      ),
    }),
  ),
});
export type Waiting = Static<typeof Waiting>;

export const ARRIVAL_RESULTS = ['Commit', 'NoChange', 'Skipped'] as const;

export const ArrivalApplication = s.shape('What one arrival does to one application (rule D2).', {
  name: s.objectName('Name of the Application.'),
  namespace: s.dnsLabel('Namespace of the Application.'),
  repoURL: Type.Optional(s.repositoryURL('Repository of the branch.')),
  branch: Type.Optional(s.branchName('Rendered branch.')),
  parent: Type.Optional(s.commit('Head that the commit is made on; absent for a new branch.')),
  tree: Type.Optional(s.text('Git tree of the commit.', { maxLength: 64 })),
  commit: Type.Optional(s.commit('The one commit of this arrival; with NoChange the head it was judged against.')),
  withdrawn: Type.Optional(
    s.list(s.commit('SHA.'), 'Earlier records of this arrival that could no longer land.', {
      maxItems: 100,
      'x-kubernetes-list-type': 'atomic',
    }),
  ),
  state: Type.Optional(s.count('Index into `states`.')),
  renderer: Type.Optional(Renderer),
  recovered: Type.Optional(
    s.shape('The good commit that was read back from the branch, where the station had no record of one (rule A7).', {
      commit: s.commit('SHA.'),
      state: s.count('Index into `states`.'),
    }),
  ),
  result: s.words('What it came to.', ARRIVAL_RESULTS),
  via: Type.Optional(s.words('How the commit gets to the branch. Absent: by a push.', ['PullRequest'])),
  shown: Type.Optional(Type.Boolean({ description: 'The branch was seen to show the commit.' })),
  message: Type.Optional(s.message('What is worth saying about it.')),
});
export type ArrivalApplication = Static<typeof ArrivalApplication>;

export const Arrival = s.shape('The present arrival, or the last one until the next begins.', {
  station: s.placeName('The station.'),
  stationUid: s.uid('Uid of the station.'),
  start: s.time('When it took the station.'),
  pushed: Type.Optional(
    s.time('When the last branch showed our commit: grace and deadline count from here (rule E1).'),
  ),
  synced: Type.Optional(
    s.time('When every application was first synced and healthy: exit gates are held from here on (rule F5).'),
  ),
  soaking: Type.Optional(s.time('Since when it has soaked without a break (rule F5).')),
  deadline: Type.Optional(
    s.time('When the arrival fails unless synced and healthy; a suspension moves it (rules E1, E2).'),
  ),
  states: Type.Optional(
    s.list(ListedState, 'Rendered states, each once.', { maxItems: 200, 'x-kubernetes-list-type': 'atomic' }),
  ),
  applications: s.listByName(ArrivalApplication, 'One entry for each application.', 200, ['namespace', 'name']),
  approvals: Type.Optional(
    s.list(Approval, 'The approvals that opened the gate, as its commits name them.', {
      maxItems: 20,
      'x-kubernetes-list-type': 'atomic',
    }),
  ),
  pullRequests: Type.Optional(
    s.list(
      s.shape('One of an arrival (rule D9).', {
        application: s.text('`<namespace>/<name>` of the Application.', { maxLength: 320 }),
        url: s.text('Its page.', { maxLength: 2048 }),
      }),
      'Pull requests of this arrival that are not merged yet.',
      { maxItems: 200, 'x-kubernetes-list-type': 'atomic' },
    ),
  ),
  analyses: Type.Optional(
    s.list(s.objectName('AnalysisRun.'), 'Analysis runs.', { maxItems: 100, 'x-kubernetes-list-type': 'atomic' }),
  ),
});
export type Arrival = Static<typeof Arrival>;

export const Entry = s.shape('What the ticket would change at the station before which it stands (rule F2).', {
  station: s.placeName('The station.'),
  digest: Type.Optional(s.digest('Digest over the trees of all applications: what an approval names (rule F3).')),
  inputs: Type.Optional(
    s.digest('Fingerprint of all that the trees follow from; they are worked out anew when it changes.'),
  ),
  behind: Type.Optional(
    s.list(s.objectName('Name.'), 'Older tickets of its track that stand there, taken as if they had arrived.', {
      maxItems: 10,
      'x-kubernetes-list-type': 'atomic',
    }),
  ),
  diffs: s.list(
    s.shape('Difference between the branch and what it would show.', {
      application: s.text('`<namespace>/<name>`.', { maxLength: 320 }),
      tree: s.digest('Digest over the managed files.'),
      changed: s.count('Changed files.'),
      summary: s.text('In a line.', { maxLength: 256 }),
    }),
    'One for each application.',
    { maxItems: 200, 'x-kubernetes-list-type': 'atomic' },
  ),
  message: Type.Optional(s.message('Why nothing is shown, where nothing is.')),
  failure: Type.Optional(
    s.shape('How its arrival would fail.', {
      reason: s.words('One word for programs.', FAILURE_REASONS),
      message: s.message('In the words of whoever said no.'),
    }),
  ),
  voided: Type.Optional(s.message('Which approval does not hold any more, and what changed since it was given.')),
});
export type Entry = Static<typeof Entry>;

export const Child = s.shape('A track that branched off (rule B6).', {
  track: s.placeName('Name of the Track.'),
  namespace: Type.Optional(s.dnsLabel('Its namespace, when it is another one.')),
  skipped: Type.Optional(s.words('Why it made no ticket.', JUNCTION_SKIPS)),
  message: Type.Optional(s.message('In a sentence.')),
});
export type Child = Static<typeof Child>;

export const Stamp = s.shape('One visit, punched.', {
  station: s.placeName('The station.'),
  arrived: Type.Optional(s.time('When it took the station.')),
  departed: s.time('When it left.'),
  result: s.words('What it came to.', STAMP_RESULTS),
  reason: Type.Optional(s.text('One word: why it failed or was skipped.', { maxLength: 64 })),
  message: Type.Optional(s.message('In a sentence.')),
  commits: Type.Optional(
    s.list(CommitReference, 'The commits.', { maxItems: 200, 'x-kubernetes-list-type': 'atomic' }),
  ),
  skipped: Type.Optional(
    s.list(
      s.text('`<namespace>/<name>` of an Application.', { maxLength: 320 }),
      'Applications that were disabled (rule C7).',
      { maxItems: 200, 'x-kubernetes-list-type': 'atomic' },
    ),
  ),
  children: Type.Optional(
    s.list(Child, 'Tracks that branched off.', { maxItems: 100, 'x-kubernetes-list-type': 'atomic' }),
  ),
  approvals: Type.Optional(s.list(Approval, 'Who approved.', { maxItems: 20, 'x-kubernetes-list-type': 'atomic' })),
});
export type Stamp = Static<typeof Stamp>;

export const Boarded = s.shape('What was true when it boarded.', {
  time: s.time('When.'),
  track: Type.Optional(s.uid('Uid of the Track: a later one of the same name is another Track.')),
  sources: Type.Optional(
    s.list(
      s.shape('Head of a source branch.', {
        repoURL: s.repositoryURL('Repository.'),
        branch: s.branchName('Source branch.'),
        commit: s.commit('Its head then.'),
      }),
      'Heads of the source branches, for a branch that never existed (rule A8).',
      { maxItems: 500, 'x-kubernetes-list-type': 'atomic' },
    ),
  ),
});
export type Boarded = Static<typeof Boarded>;

export const TicketStatus = s.shape('Where the ticket is, where it was, and what it waits for.', {
  observedGeneration: s.observedGeneration(),
  phase: Type.Optional(s.words('Where it is in its life.', PHASES)),
  sequence: Type.Optional(s.count('Its place in the order of its track.')),
  root: Type.Optional(Root),
  boarded: Type.Optional(Boarded),
  station: Type.Optional(s.placeName('Where it stands or arrives.')),
  standingSince: Type.Optional(s.time('Since when it stands before that station (rule C1).')),
  waiting: Type.Optional(Waiting),
  failure: Type.Optional(
    s.shape('Why it failed.', {
      reason: s.words('One word for programs.', FAILURE_REASONS),
      station: Type.Optional(s.placeName('Where.')),
      message: s.message('In the words of whoever said no, and what a person can do.'),
    }),
  ),
  absorbed: Type.Optional(
    s.list(
      s.shape('A ticket that this one took along (rule C4).', {
        ticket: s.objectName('Name.'),
        uid: s.uid('Uid.'),
        change: Change,
        root: Type.Optional(Root),
        pending: Type.Optional(Type.Boolean({ description: 'That ticket has not ended for this one yet.' })),
      }),
      'Tickets that this one took along.',
      { maxItems: 64, 'x-kubernetes-list-type': 'atomic' },
    ),
  ),
  restores: Type.Optional(
    s.list(CommitReference, 'The good commits that a rollback puts back, decided once (rule G3).', {
      maxItems: 200,
      'x-kubernetes-list-type': 'atomic',
    }),
  ),
  arrival: Type.Optional(Arrival),
  hinted: Type.Optional(
    s.time('When a webhook last said that one of its pull requests was merged or closed: it is looked at once more.'),
  ),
  entry: Type.Optional(Entry),
  stamps: Type.Optional(s.list(Stamp, 'Visits, oldest first.', { maxItems: 1000, 'x-kubernetes-list-type': 'atomic' })),
  told: Type.Optional(
    s.shape('Of what notifications have been taken by everybody who wants them.', {
      stamps: Type.Optional(s.count('How many of the stamps.')),
      approval: Type.Optional(s.time('Since when the approval is waited for that was asked for.')),
      ended: Type.Optional(Type.Boolean({ description: 'The ending.' })),
    }),
  ),
  reported: Type.Optional(
    s.shape('What of its visits its source commits show on their forges.', {
      stamps: s.count('How many of the stamps were seen to.'),
      problem: Type.Optional(s.message('Why a commit does not show what it should.')),
    }),
  ),
  supersededBy: Type.Optional(
    s.shape('The ticket that took it along.', { ticket: s.objectName('Name.'), uid: s.uid('Uid.') }),
  ),
  summary: Type.Optional(
    s.shape('One-line texts for columns; nothing decides by them.', { change: Type.Optional(s.text('The change.')) }),
  ),
  conditions: s.conditions(),
});
export type TicketStatus = Static<typeof TicketStatus>;
