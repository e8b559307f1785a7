/** `k8sta describe`: everything that there is to know of one ticket, station or track. */

import { describeImages, describeTicket, shortCommit } from '../../../lib/api/words';
import { hasEnded } from '../../../lib/api';
import type { ListedState, Station, Ticket, Track } from '../../../lib/api';
import { stateAt } from '../../journey/facts/state';
import { isRaw, printRaw, type Format } from '../output';
import { Reach, targetOf, needKind, type ReachOptions } from '../reach';
import { EXIT, type ExitCode, print, type Terminal } from '../terminal';
import { between, inOrder, isOn } from '../view/snapshot';
import { span } from '../view/text';
import { describeVisits } from './visits';
import { section, sections, type Entry } from './sections';
import { reasonsOf } from './reasons';

export interface DescribeOptions extends ReachOptions {
  readonly output?: Format;
}

/** @param words `main-7`, `station prod`, `station/prod` */
export async function describe(
  terminal: Terminal,
  words: readonly string[],
  options: DescribeOptions,
): Promise<ExitCode> {
  const [first = '', name] = words;
  const target = name === undefined ? targetOf(first) : { kind: needKind(first), name };
  const reach = new Reach(terminal, options);
  const object = await reach.need(target);
  if (isRaw(options.output)) {
    printRaw(terminal, options.output, [object], { single: true });
    return EXIT.done;
  }
  const now = new Date();
  switch (object.kind) {
    case 'Ticket':
      print(terminal.out, ...describeTicketWhole(object, now));
      break;
    case 'Station':
      print(terminal.out, ...describeStation(object, await reach.list('Ticket', reach.namespace), now));
      break;
    case 'Track':
      print(terminal.out, ...describeTrack(object, await reach.list('Ticket', reach.namespace)));
      break;
  }
  return EXIT.done;
}

const titleOf = ({ kind, metadata }: Ticket | Station | Track): string =>
  `${kind} ${metadata.namespace}/${metadata.name}`;

const conditionsOf = ({ status }: Ticket | Station | Track): string[] =>
  (status?.conditions ?? []).map(
    ({ type, status: holds, reason, message }) => `${type}: ${holds}, ${reason ?? ''} ${message ?? ''}`,
  );

const since = (time: string | undefined, now: Date): string => {
  const length = between(time, now.toISOString());
  return length === undefined ? '' : `${time ?? ''}, ${span(length)} ago`;
};

function describeTicketWhole(ticket: Ticket, now: Date): string[] {
  const { spec, status } = ticket;
  return sections(
    section(titleOf(ticket), identityOf(ticket, now)),
    section('Where it is', reasonsOf(ticket, now)),
    section('Its way so far', describeVisits(ticket)),
    section('Would change', hasEnded(ticket.status) ? [] : differencesOf(ticket)),
    section(
      'Approvals',
      (spec.approvals ?? []).map(({ station, by, digest }) => `${by} for ${station}: ${digest}`),
    ),
    section(
      'Took along',
      (status?.absorbed ?? []).map(({ ticket: name }) => name),
    ),
    section('Conditions', conditionsOf(ticket)),
  );
}

function identityOf(ticket: Ticket, now: Date): Entry[] {
  const { spec, status, metadata } = ticket;
  const sequence = status?.sequence;
  return [
    ['carries', describeTicket(ticket)],
    ['rides', spec.track ?? (spec.express && `express to ${spec.express.station}`) ?? 'no track'],
    ['number', sequence === undefined ? 'has not boarded' : String(sequence)],
    ['made', since(metadata.creationTimestamp, now)],
    ...originOf(ticket),
  ];
}

function originOf({ spec: { origin } }: Ticket): Entry[] {
  return [
    ['made by', origin?.person ?? (origin?.subscription && `subscription ${origin.subscription}`)],
    ['tries again', origin?.retryOf?.name],
    ['branched off', origin?.parent && `${origin.parent.name} at ${origin.parent.station}`],
    ['because of', origin?.failed && `the failure of ${origin.failed.name}`],
  ];
}

const differencesOf = ({ status }: Ticket): Entry[] => [
  ...(status?.entry?.diffs ?? []).map(
    ({ application, changed, summary }) => [application, `${changed} files: ${summary}`] as const,
  ),
  ['digest', status?.entry?.digest],
];

function describeStation(station: Station, tickets: readonly Ticket[], now: Date): string[] {
  const { spec, metadata } = station;
  const here = inOrder(
    tickets.filter((ticket) => !hasEnded(ticket.status) && ticket.status?.station === metadata.name),
  );
  return sections(
    section(titleOf(station), [...shownAt(station, now), ...shapeOf(station)]),
    ...spec.applications.map((one) => section(`Application ${one.namespace}/${one.name}`, applicationAt(station, one))),
    section(
      'Tickets',
      here.map(
        (ticket) => `${ticket.metadata.name}  ${describeTicket(ticket)}  ${ticket.status?.waiting?.reason ?? ''}`,
      ),
    ),
    section('Conditions', conditionsOf(station)),
  );
}

function shownAt({ status }: Station, now: Date): Entry[] {
  const [present] = status?.history ?? [];
  return [
    ['shows', status?.summary?.shows],
    ['since', present && `${since(present.time, now)}, by ${present.ticket}`],
    ['health', status?.summary?.health],
    ['occupant', status?.occupant && `${status.occupant.ticket}, ${since(status.occupant.start, now)}`],
  ];
}

function shapeOf({ spec, status }: Station): Entry[] {
  const junctions = spec.junctions.map(({ track, namespace }) => (namespace ? `${namespace}/` : '') + track);
  return [
    ['gates', status?.summary?.gates],
    ['held', status?.summary?.held ?? (spec.hold ? 'by people' : undefined)],
    ['enabled', spec.enabled ? undefined : 'no: tickets pass it by'],
    ['junctions', junctions.join(', ')],
  ];
}

function applicationAt({ status }: Station, one: Station['spec']['applications'][number]): Entry[] {
  const record = status?.applications?.find(({ name, namespace }) => name === one.name && namespace === one.namespace);
  const [head, good] = [record?.head?.commit, record?.good?.commit];
  const state = record?.good === undefined ? undefined : stateAt(status?.states ?? [], record.good.state);
  return [
    ['branch', `${one.branch} of ${one.repoURL}`],
    ['good', good],
    ['head', head === good ? undefined : head],
    ...stateLines(state),
    ['enabled', one.enabled ? undefined : 'no: it keeps its state'],
  ];
}

const stateLines = (state: Omit<ListedState, 'sharesWith'> | undefined): Entry[] => [
  ['base', state?.base],
  ['overlay', state?.overlay],
  ['images', describeImages(state?.images)],
  ['charts', (state?.charts ?? []).map(({ name, version }) => `${name} ${version}`).join(', ')],
];

function describeTrack(track: Track, tickets: readonly Ticket[]): string[] {
  const { spec, status } = track;
  const riding = inOrder(tickets.filter((ticket) => !hasEnded(ticket.status) && isOn(track, ticket)));
  return sections(
    section(titleOf(track), [
      ['stations', spec.stations.map(({ name }) => name).join(' → ')],
      ['service', spec.service],
      ['express', spec.express],
      ['on failure', spec.onFailure],
      ['boarded', String(status?.sequence ?? 0)],
      ['held', spec.hold ? 'by people: nothing boards, and its tickets take no station' : undefined],
      ['enabled', spec.enabled ? undefined : 'no: nothing boards, and its tickets take no station'],
    ]),
    ...spec.subscriptions.map((one) => section(`Subscription ${one.name}`, lookOf(track, one))),
    section(
      'Tickets',
      riding.map(({ metadata, status: is }) => `${metadata.name}  ${is?.phase ?? 'is boarding'}  ${is?.station ?? ''}`),
    ),
    section('Conditions', conditionsOf(track)),
  );
}

function lookOf({ status }: Track, { name, images, chart, source }: Track['spec']['subscriptions'][number]): Entry[] {
  const seen = status?.subscriptions?.find((one) => one.name === name);
  return [
    ['images', images?.repositories.join(', ')],
    ['chart', chart && `${chart.name} of ${chart.repoURL}, ${chart.semver}`],
    ['source', source && `branch ${source.branch} of ${source.repoURL}, ${source.folder || 'all of it'}`],
    ['tags', source?.tags?.semver.constraint],
    ['saw', versionsOf(seen?.seen)],
    ['boarded', versionsOf(seen?.ticketed)],
    ['choice', seen?.choice ?? 'it has not looked yet'],
    ['problem', seen?.problem],
  ];
}

type Versions = NonNullable<NonNullable<Track['status']>['subscriptions']>[number]['seen'];

const versionsOf = (versions: Versions): string =>
  [
    describeImages(versions?.images),
    versions?.chart && `${versions.chart.name} ${versions.chart.version}`,
    versions?.tag,
    versions?.commit && shortCommit(versions.commit),
  ]
    .filter(Boolean)
    .join(', ');
