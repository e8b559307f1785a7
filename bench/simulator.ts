/**
 * Arrivals a second in the simulator that teams test their networks with, on one core: every decision is the runtime's own.
 * The code is warm: a ride is repeated until the compiler has seen it, and then counted. What the compiler and the
 * collection of garbage take on other cores counts too.
 *
 * No peer lets a network be run in memory; the goal stands beside the figure that it is for. A short ride is mostly the
 * reading of its network and of its tickets.
 */
import type { Chart } from 'cdk8s';
import { simulate } from '../testing';
import { line } from './line';

const GOAL = 10_000;
const WARM_SECONDS = 10;
const SECONDS = 5;

async function ride(network: Chart, tickets: number): Promise<number> {
  const simulation = simulate(network);
  for (let at = 0; at < tickets; at += 1)
    simulation.ticket('main', { images: [{ repoURL: 'ghcr.io/acme/shop', tag: `1.${at}.0` }] });
  return (await simulation.run()).visited().length;
}

async function repeat(seconds: number, network: Chart, tickets: number): Promise<{ arrivals: number; rides: number }> {
  const until = performance.now() + seconds * 1_000;
  let [arrivals, rides] = [0, 0];
  while (performance.now() < until) {
    arrivals += await ride(network, tickets);
    rides += 1;
  }
  return { arrivals, rides };
}

async function figure(stations: number, tickets: number, goal?: number): Promise<void> {
  const network = line(stations);
  await repeat(WARM_SECONDS, network, tickets);
  const begin = process.cpuUsage();
  const { arrivals, rides } = await repeat(SECONDS, network, tickets);
  const { user, system } = process.cpuUsage(begin);
  const perSecond = arrivals / ((user + system) / 1e6);
  const each = (user + system) / 1_000 / rides;
  console.log(`| ${stations} | ${tickets} | ${perSecond.toFixed(0)} | ${each.toFixed(2)} ms | ${goal ?? ''} |`);
}

export async function main(): Promise<void> {
  console.log('| stations | tickets | arrivals a second of one core | one ride | must be |');
  console.log('|--:|--:|--:|--:|--:|');
  await figure(3, 1);
  await figure(5, 5);
  await figure(20, 20, GOAL);
}
