/** Rule G4, as an API server judges it: who may say what about whom, by which write. */

import { crds } from '../../../lib/api/crd';
import { policies } from '../../../lib/install/policies';
import { judged, judgePolicies, oracleBeforeAll, type Right, type Write } from '../api/oracle';

const binary = oracleBeforeAll();

const GUARDS = policies().filter(({ kind }) => kind === 'ValidatingAdmissionPolicy');
const NAMESPACE = 'shop';
const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER_DIGEST = `sha256:${'b'.repeat(64)}`;

/** What the ready-made roles come to, before RBAC looks at the verbs of Kubernetes itself. */
const on = (verb: string, resource: string, name?: string): Right => ({
  verb,
  group: 'k8sta.io',
  resource,
  namespace: NAMESPACE,
  ...(name === undefined ? {} : { name }),
});
const EDITOR: Right[] = [];
const APPROVER = [on('approve', 'stations', 'prod')];
const CONDUCTOR = [on('hold', 'stations'), on('hold', 'tracks'), on('rollback', 'stations')];
const RUNTIME: Right[] = [
  { verb: 'update', group: 'k8sta.io', resource: 'tickets', subresource: 'status' },
  { verb: 'rollback', group: 'k8sta.io', resource: 'stations' },
];
const ELSEWHERE = [...APPROVER, ...CONDUCTOR].map((right) => ({ ...right, namespace: 'other' }));

type Body = Record<string, unknown>;
const object = (kind: string, name: string, spec: Body, status?: Body): object => ({
  apiVersion: 'k8sta.io/v1alpha1',
  kind,
  metadata: { name, namespace: NAMESPACE },
  spec,
  ...(status === undefined ? {} : { status }),
});
const rides = { track: 'main', change: { images: [] }, hold: false, abort: false };
const atProd = { phase: 'Standing', station: 'prod' };
const ticket = (spec: Body = {}, status?: Body): object => object('Ticket', 'main-7', { ...rides, ...spec }, status);
const rollback = (origin?: Body): object =>
  object('Ticket', 'back', { rollback: { station: 'prod', to: { previous: true } }, ...(origin && { origin }) });
const ended = (ticketMade: object): object => ({ ...ticketMade, status: { phase: 'Completed' } });
const express = (spec: Body): object => object('Ticket', 'fast', { express: { station: 'prod' }, ...spec });
const approval = (by: string, more: Body = {}): Body => ({ station: 'prod', digest: DIGEST, by, ...more });
const resume = (by: string): Body => ({ uid: 'f3b1', by });

interface Wish {
  readonly rights: readonly Right[];
  readonly user?: string;
}
const write = (
  resource: string,
  { rights, user = 'ada' }: Wish,
  sides: Pick<Write, 'operation' | 'object' | 'oldObject'>,
) => ({ user, rights, resource, namespace: NAMESPACE, ...sides }) satisfies Write;
const creates = (who: Wish, made: object, resource = 'tickets') =>
  write(resource, who, { operation: 'CREATE', object: made });
const updates = (who: Wish, oldObject: object, made: object, resource = 'tickets') =>
  write(resource, who, { operation: 'UPDATE', oldObject, object: made });
const deletes = (who: Wish, oldObject: object, resource = 'tickets') =>
  write(resource, who, { operation: 'DELETE', oldObject });

const editor = { rights: EDITOR };
const approver = { rights: APPROVER };
const conductor = { rights: CONDUCTOR };
const runtime = { rights: RUNTIME, user: 'system:serviceaccount:k8sta-system:k8sta' };
const stranger = { rights: ELSEWHERE };

const LET_THROUGH = undefined;
const NO_APPROVE = /^ada needs the verb 'approve' on stations\.k8sta\.io 'prod' in namespace shop to /;
const NO_HOLD = /^ada needs the verb 'hold' on stations\.k8sta\.io 'prod' in namespace shop to /;
const NO_TRACK_HOLD = /^ada needs the verb 'hold' on tracks\.k8sta\.io 'main' in namespace shop to /;
const NO_ROLLBACK = /^ada needs the verb 'rollback' on stations\.k8sta\.io 'prod' in namespace shop to /;

/** What somebody does, and what they are told: nothing where they may. */
type Case = readonly [name: string, write: Write, refusal: RegExp | undefined];

const approvals: Case[] = [
  ['an editor makes a ticket', creates(editor, ticket()), LET_THROUGH],
  ['an editor makes an express ticket', creates(editor, express({})), LET_THROUGH],
  ['an editor labels a ticket', updates(editor, ticket({}, atProd), ticket({}, atProd)), LET_THROUGH],
  [
    'an editor approves',
    updates(editor, ticket({}, atProd), ticket({ approvals: [approval('ada')] }, atProd)),
    NO_APPROVE,
  ],
  [
    'an approver approves',
    updates(approver, ticket({}, atProd), ticket({ approvals: [approval('ada')] }, atProd)),
    LET_THROUGH,
  ],
  [
    'an approver of another namespace approves',
    updates(stranger, ticket({}, atProd), ticket({ approvals: [approval('ada')] }, atProd)),
    NO_APPROVE,
  ],
  [
    'an approver of prod approves at test',
    updates(approver, ticket({}, atProd), ticket({ approvals: [approval('ada', { station: 'test' })] }, atProd)),
    /'approve' on stations\.k8sta\.io 'test'/,
  ],
  [
    'an approver approves in another name',
    updates(approver, ticket({}, atProd), ticket({ approvals: [approval('grace')] }, atProd)),
    /^by must name who approves: write ada$/,
  ],
  [
    'an approver approves beside another',
    updates(
      approver,
      ticket({ approvals: [approval('grace')] }, atProd),
      ticket({ approvals: [approval('grace'), approval('ada')] }, atProd),
    ),
    LET_THROUGH,
  ],
  [
    "an approver moves another's approval to other trees",
    updates(
      approver,
      ticket({ approvals: [approval('grace')] }, atProd),
      ticket({ approvals: [approval('grace', { digest: OTHER_DIGEST })] }, atProd),
    ),
    /by must name who approves: write ada/,
  ],
  [
    "an editor withdraws another's approval",
    updates(editor, ticket({ approvals: [approval('grace')] }, atProd), ticket({ approvals: [] }, atProd)),
    NO_APPROVE,
  ],
  [
    "an approver withdraws another's approval",
    updates(approver, ticket({ approvals: [approval('grace')] }, atProd), ticket({}, atProd)),
    LET_THROUGH,
  ],
  [
    'an editor withdraws their own approval',
    updates(editor, ticket({ approvals: [approval('ada')] }, atProd), ticket({}, atProd)),
    LET_THROUGH,
  ],
  ['an editor makes a ticket that is approved', creates(editor, ticket({ approvals: [approval('ada')] })), NO_APPROVE],
  [
    'an editor makes a ticket in which another has approved',
    creates(editor, ticket({ approvals: [approval('grace')] })),
    /by must name/,
  ],
  [
    'an approver of two stations approves at both in one write',
    updates(
      { rights: [on('approve', 'stations')] },
      ticket({}, atProd),
      ticket({ approvals: [approval('ada'), approval('ada', { station: 'test' })] }, atProd),
    ),
    /one station at a time/,
  ],
];

const crowd = Array.from({ length: 99 }, (_, index) => approval(`person-${index}`));
approvals.push([
  'an approver is the hundredth to approve',
  updates(approver, ticket({ approvals: crowd }, atProd), ticket({ approvals: [...crowd, approval('ada')] }, atProd)),
  LET_THROUGH,
]);

const holds: Case[] = [
  [
    'an editor holds a ticket at a station',
    updates(editor, ticket({}, atProd), ticket({ hold: true }, atProd)),
    NO_HOLD,
  ],
  ['an editor releases a ticket', updates(editor, ticket({ hold: true }, atProd), ticket({}, atProd)), NO_HOLD],
  ['an approver holds a ticket', updates(approver, ticket({}, atProd), ticket({ hold: true }, atProd)), NO_HOLD],
  ['a conductor holds a ticket', updates(conductor, ticket({}, atProd), ticket({ hold: true }, atProd)), LET_THROUGH],
  [
    'a conductor of another namespace holds a ticket',
    updates(stranger, ticket({}, atProd), ticket({ hold: true }, atProd)),
    NO_HOLD,
  ],
  ['an editor holds a ticket that has not boarded', updates(editor, ticket(), ticket({ hold: true })), NO_TRACK_HOLD],
  [
    'a conductor holds a ticket that has not boarded',
    updates(conductor, ticket(), ticket({ hold: true })),
    LET_THROUGH,
  ],
  [
    'an editor holds an express ticket that was never looked at',
    updates(editor, express({}), express({ hold: true })),
    NO_HOLD,
  ],
  ['an editor makes a ticket that is held', creates(editor, ticket({ hold: true })), NO_TRACK_HOLD],
  ['an editor aborts', updates(editor, ticket({}, atProd), ticket({ abort: true }, atProd)), NO_HOLD],
  ['a conductor aborts', updates(conductor, ticket({}, atProd), ticket({ abort: true }, atProd)), LET_THROUGH],
  ['an editor deletes a ticket that rides', deletes(editor, ticket({}, atProd)), NO_HOLD],
  [
    'an editor deletes a ticket that has ended',
    deletes(editor, ticket({}, { ...atProd, phase: 'Completed' })),
    LET_THROUGH,
  ],
  [
    'an approver deletes a ticket that has ended, approvals of others included',
    deletes(editor, ticket({ approvals: [approval('grace')] }, { phase: 'Completed' })),
    LET_THROUGH,
  ],
  ['the runtime collects a ticket that has ended', deletes(runtime, ticket({}, { phase: 'Failed' })), LET_THROUGH],
  ['the runtime collects a rollback that has ended', deletes(runtime, ended(rollback())), LET_THROUGH],
  [
    'an editor deletes a ticket that failed, which may have halted its station',
    deletes(editor, ticket({}, { ...atProd, phase: 'Failed' })),
    NO_HOLD,
  ],
  [
    'a conductor deletes a ticket that failed',
    deletes(conductor, ticket({}, { ...atProd, phase: 'Failed' })),
    LET_THROUGH,
  ],
  [
    'an editor deletes a rollback that has ended, which may hold its station',
    deletes(editor, ended(rollback())),
    NO_HOLD,
  ],
  ['a conductor deletes a rollback that has ended', deletes(conductor, ended(rollback())), LET_THROUGH],
  ['an editor resumes', updates(editor, ticket({}, atProd), ticket({ resumes: [resume('ada')] }, atProd)), NO_HOLD],
  [
    'a conductor resumes',
    updates(conductor, ticket({}, atProd), ticket({ resumes: [resume('ada')] }, atProd)),
    LET_THROUGH,
  ],
  [
    'a conductor resumes in another name',
    updates(conductor, ticket({}, atProd), ticket({ resumes: [resume('grace')] }, atProd)),
    /by must name who resumes: write ada/,
  ],
  [
    "an editor takes another's resume back",
    updates(editor, ticket({ resumes: [resume('grace')] }, atProd), ticket({}, atProd)),
    NO_HOLD,
  ],
  ['an editor retries', creates(editor, ticket({ origin: { retryOf: { name: 'main-6', uid: 'u' } } })), NO_TRACK_HOLD],
  [
    'a conductor retries',
    creates(conductor, ticket({ origin: { retryOf: { name: 'main-6', uid: 'u' } } })),
    LET_THROUGH,
  ],
  [
    'a conductor retries in another name',
    creates(conductor, ticket({ origin: { person: 'grace' } })),
    /origin\.person must name/,
  ],
];

const rollbacks: Case[] = [
  ['an editor rolls back', creates(editor, rollback()), NO_ROLLBACK],
  ['an approver rolls back', creates(approver, rollback()), NO_ROLLBACK],
  ['a conductor rolls back', creates(conductor, rollback()), LET_THROUGH],
  [
    'the runtime rolls back after a failure',
    creates(runtime, rollback({ failed: { name: 'main-6', uid: 'u' } })),
    LET_THROUGH,
  ],
  [
    'a conductor rolls back in the name of the runtime',
    creates(conductor, rollback({ failed: { name: 'main-6', uid: 'u' } })),
    /word of the runtime alone/,
  ],
  [
    'an editor makes a ticket in the name of a junction',
    creates(editor, ticket({ origin: { parent: { name: 'a', uid: 'u', station: 's' } } })),
    /word of the runtime alone/,
  ],
  [
    'the runtime makes a ticket at a junction',
    creates(runtime, ticket({ origin: { parent: { name: 'a', uid: 'u', station: 's' } } })),
    LET_THROUGH,
  ],
];

const station = (spec: Body = {}, status?: Body): object =>
  object('Station', 'prod', { applications: [], ...spec }, status);
const track = (spec: Body = {}): object => object('Track', 'main', { stations: [{ name: 'prod' }], ...spec });
const gate = { entry: { approval: {} } };

const places: Case[] = [
  ['an editor makes a station', creates(editor, station({ hold: false, ...gate }), 'stations'), LET_THROUGH],
  [
    'an editor edits a station',
    updates(editor, station(gate), station({ ...gate, exit: { soak: '1h' } }), 'stations'),
    LET_THROUGH,
  ],
  ['an editor holds a station', updates(editor, station(), station({ hold: true }), 'stations'), NO_HOLD],
  [
    'an editor releases a station',
    updates(editor, station({ hold: true }), station({ hold: false }), 'stations'),
    NO_HOLD,
  ],
  ['a conductor holds a station', updates(conductor, station(), station({ hold: true }), 'stations'), LET_THROUGH],
  ['an editor makes a station that is held', creates(editor, station({ hold: true }), 'stations'), NO_HOLD],
  ['an editor deletes a station', deletes(editor, station(), 'stations'), LET_THROUGH],
  ['an editor deletes a station that is held', deletes(editor, station({ hold: true }), 'stations'), NO_HOLD],
  [
    'an editor deletes a station that a rollback holds',
    deletes(editor, station({}, { holdBy: { ticket: 'a', uid: 'u' } }), 'stations'),
    NO_HOLD,
  ],
  [
    'an editor deletes a station that a failure halted',
    deletes(editor, station({}, { haltBy: { ticket: 'a', uid: 'u' } }), 'stations'),
    NO_HOLD,
  ],
  ['an editor takes an approval gate away', updates(editor, station(gate), station(), 'stations'), NO_APPROVE],
  ['an editor deletes a station with an approval gate', deletes(editor, station(gate), 'stations'), NO_APPROVE],
  ['an approver takes an approval gate away', updates(approver, station(gate), station(), 'stations'), LET_THROUGH],
  ['an editor holds a track', updates(editor, track(), track({ hold: true }), 'tracks'), NO_TRACK_HOLD],
  ['a conductor holds a track', updates(conductor, track(), track({ hold: true }), 'tracks'), LET_THROUGH],
  ['an editor deletes a track that is held', deletes(editor, track({ hold: true }), 'tracks'), NO_TRACK_HOLD],
  [
    'a namespace is emptied',
    deletes(
      { rights: EDITOR, user: 'system:serviceaccount:kube-system:namespace-controller' },
      station({ hold: true, ...gate }),
      'stations',
    ),
    LET_THROUGH,
  ],
];

judged('every expression fits the definitions', () => {
  expect(judgePolicies(binary(), { definitions: crds(), policies: GUARDS, requests: [] }).warnings).toEqual([]);
});

describe.each([
  ['approvals', approvals],
  ['holds, aborts, resumes and retries', holds],
  ['rollbacks and the words of the runtime', rollbacks],
  ['stations and tracks', places],
])('%s', (_, cases) => {
  let refusals: string[][] = [];
  beforeAll(() => {
    if (judged === test.skip) return;
    refusals = judgePolicies(binary(), {
      definitions: [],
      policies: GUARDS,
      requests: cases.map(([, asked]) => asked),
    }).refusals;
  });

  judged.each(cases.map(([name, , refusal], index) => ({ name, refusal, index })))('$name', ({ refusal, index }) => {
    const told = refusals[index] ?? ['not judged'];
    if (refusal === LET_THROUGH) expect(told).toEqual([]);
    else expect(told).toEqual(expect.arrayContaining([expect.stringMatching(refusal)]));
  });
});
