/** Thousands of tickets on one line, and what is left of them (rule H2). */

import { Chart, Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import { GitRepository, Station, Subscription, Track, type TrackProps } from '../../lib';
import { Yard } from './yard';

class Line extends Chart {
  constructor(scope: Construct, props: Pick<TrackProps, 'historyLimit' | 'onFailure'>) {
    super(scope, 'shop', { namespace: 'shop' });
    const repository = GitRepository.at('https://git.example.com/shop.git');
    const stop = (name: string) => new Station(this, name).application('web', { repository, overlay: `env/${name}` });
    new Track(this, 'main', {
      subscriptions: [Subscription.image('ghcr.io/acme/shop', { semver: '*' })],
      service: 'Every',
      ...props,
      stations: [stop('test')],
    });
  }
}

/** A line with one station. */
export const open = (props: Pick<TrackProps, 'historyLimit' | 'onFailure'>): Yard =>
  new Yard(new Line(Testing.app(), props));

/** A ticket for each number, one after the other, under names of its own. */
export function ride(yard: Yard, from: number, to: number): void {
  for (let number = from; number <= to; number += 1) {
    yard.simulation.make('shop', `t-${number}`, {
      track: 'main',
      change: { images: [{ repoURL: 'ghcr.io/acme/shop', tag: `1.${number}.0` }] },
      hold: false,
      abort: false,
    });
    yard.settle();
  }
}

/** Characters of everything that an API server would keep. */
const sizeOf = ({ simulation }: Yard): number =>
  JSON.stringify([...simulation.tracks.values(), ...simulation.stations.values(), ...simulation.tickets.values()])
    .length;

const KEPT = 10;
const FIRST = 100;
/** Numbers with more digits, here and there. */
const SLACK = 1_000;

/** Lets so many tickets ride. @returns what has grown that must not, in sentences */
export function growth(tickets: number): string[] {
  const yard = open({ historyLimit: KEPT });
  ride(yard, 1, FIRST);
  const before = sizeOf(yard);
  ride(yard, FIRST + 1, tickets);
  const after = sizeOf(yard);
  const left = yard.simulation.tickets.size;
  const newest = yard.goodTag('test');
  return [
    ...(left === KEPT ? [] : [`${left} tickets are left, and the track keeps ${KEPT}`]),
    ...(after <= before + SLACK
      ? []
      : [`all objects had ${before} characters after ${FIRST} tickets, and have ${after}`]),
    ...(newest === `1.${tickets}.0` ? [] : [`the newest ticket did not arrive: test shows ${newest}`]),
  ];
}
