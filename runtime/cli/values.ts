/** Values on the command line: parsed once, refused with the value and what would be right. */

import { accessSync, constants } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { networkIn } from '../../lib/network/ip-network';

/** A TCP port; 0 lets the system choose. */
export function port(value: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > 65_535) {
    throw new InvalidArgumentError(`'${value}' is no port: give a number from 0 (any free one) to 65535.`);
  }
  return number;
}

/** A factor of 0 or more. */
export function factor(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number) || number < 0) {
    throw new InvalidArgumentError(`'${value}' is no factor: give 0, 1, or a number such as 0.1.`);
  }
  return number;
}

/** Seconds, more than 0. */
export function seconds(value: string): number {
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0) {
    throw new InvalidArgumentError(`'${value}' is no number of seconds above 0.`);
  }
  return number;
}

/** Seconds, 0 or more. */
export function delay(value: string): number {
  return value.trim() === '0' ? 0 : seconds(value);
}

/** Whole seconds, at least 1. */
export function wholeSeconds(value: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < 1) {
    throw new InvalidArgumentError(`'${value}' is no whole number of seconds above 0.`);
  }
  return number;
}

/** One text more. */
export const oneMore = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

const OBJECT_NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

/** One name more. */
export function another(value: string, before: readonly string[] = []): readonly string[] {
  if (!OBJECT_NAME.test(value)) throw new InvalidArgumentError(`'${value}' is no name of a Kubernetes object.`);
  return [...new Set([...before, value])];
}

/** A program of this machine, as its absolute path. */
export function executable(value: string): string {
  const path = resolve(value);
  try {
    accessSync(path, constants.X_OK);
  } catch {
    throw new InvalidArgumentError(`'${value}' is no program that can be run here: name its file.`);
  }
  return path;
}

export type PullSecrets = Readonly<Record<string, readonly string[]>>;

/** One `namespace/name` more. */
export function pullSecret(value: string, before: PullSecrets = {}): PullSecrets {
  const [namespace = '', name = '', ...rest] = value.split('/');
  if (rest.length > 0 || ![namespace, name].every((part) => OBJECT_NAME.test(part))) {
    throw new InvalidArgumentError(`'${value}' is no pull secret: write namespace/name, such as shop/registry.`);
  }
  return { ...before, [namespace]: another(name, before[namespace]) };
}

/** One network more, such as `127.0.0.0/8`. */
export function network(value: string, before: readonly string[] = []): readonly string[] {
  if (networkIn(value) === undefined) {
    throw new InvalidArgumentError(`'${value}' is no network: write an address, or a network such as 127.0.0.0/8.`);
  }
  return [...new Set([...before, value])];
}

export type Mirrors = ReadonlyMap<string, string>;

/** One `host=url` more, such as `ghcr.io=http://127.0.0.1:5000`. */
export function mirror(value: string, before: Mirrors = new Map()): Mirrors {
  const at = value.indexOf('=');
  const host = value.slice(0, Math.max(0, at));
  const url = value.slice(at + 1);
  if (!/^[A-Za-z0-9.-]+(:\d+)?$/.test(host) || !isWebAddress(url)) {
    throw new InvalidArgumentError(`'${value}' is no mirror: write host=url, such as ghcr.io=http://127.0.0.1:5000.`);
  }
  if (before.has(host)) throw new InvalidArgumentError(`'${host}' has two mirrors: ${before.get(host)} and ${url}.`);
  return new Map([...before, [host, url.replace(/\/+$/, '')]]);
}

export type Commands = ReadonlyMap<string, string>;

/** One `name=file` more, such as `jsonnet=/opt/tools/render-jsonnet`. */
export function renderCommand(value: string, before: Commands = new Map()): Commands {
  const at = value.indexOf('=');
  const name = value.slice(0, Math.max(0, at));
  const file = value.slice(at + 1);
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name) || !isAbsolute(file)) {
    throw new InvalidArgumentError(
      `'${value}' is no render command: write name=file with the whole path, such as jsonnet=/opt/tools/render-jsonnet.`,
    );
  }
  if (before.has(name)) throw new InvalidArgumentError(`'${name}' has two programs: ${before.get(name)} and ${file}.`);
  return new Map([...before, [name, file]]);
}

function isWebAddress(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
