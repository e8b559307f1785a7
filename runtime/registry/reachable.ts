/**
 * Which network addresses a registry may be at. Whoever may edit a Track names a host, and a registry names further ones
 * (redirects, token services): none of them may lead to what only the machine itself should reach.
 */

import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { TerminalError } from '../errors';
import { networkIn } from '../../lib/network/ip-network';

/** Never a registry's: this host, link-local, metadata services of the clouds, multicast, reserved. */
const REFUSED = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.0/24',
  '224.0.0.0/3',
  '::/127',
  'fe80::/10',
  'fd00:ec2::/32',
  'fd20:ce::/32',
  'ff00::/8',
];
/** May be a registry's own, and never one to which a public server sends others. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'];

/**
 * A list of networks.
 *
 * @throws Error naming what is no network
 */
function networks(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const network = networkIn(range);
    if (network === undefined) throw new Error(`'${range}' is no address and no network such as 10.1.0.0/16`);
    list.addSubnet(network.address, network.prefix, network.version);
  }
  return list;
}

/** `64:ff9b::/96`. */
const NAT64 = [0x64, 0xff9b];
/** `2002::/16`. */
const SIX_TO_FOUR = 0x2002;

const refusedNetworks = networks(REFUSED);
const privateNetworks = networks(PRIVATE);

/** Other notations write an IPv4 address into an IPv6 one; what is refused must not come in by that door. */
function embedded(address: string): string | undefined {
  const groups = isIP(address) === 6 ? expand(address) : undefined;
  if (groups === undefined) return undefined;
  const dotted = ([high = 0, low = 0]: readonly number[]): string =>
    [high >> 8, high & 255, low >> 8, low & 255].join('.');
  if (groups[0] === NAT64[0] && groups[1] === NAT64[1]) return dotted(groups.slice(6));
  if (groups[0] === SIX_TO_FOUR) return dotted(groups.slice(1, 3));
  // IPv4-mapped, and the older IPv4-compatible form.
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && [0, 0xffff].includes(groups[5] ?? 1);
  return isMapped && groups[6] !== 0 ? dotted(groups.slice(6)) : undefined;
}

/** The eight groups of an IPv6 address, whatever its notation: the URL parser knows them all. */
function expand(address: string): number[] | undefined {
  const plain = address.split('%')[0] ?? '';
  if (!URL.canParse(`http://[${plain}]`)) return undefined;
  const [head = '', tail] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::');
  const numbers = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  if (tail === undefined) return numbers(head);
  const [left, right] = [numbers(head), numbers(tail)];
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
}

const isIn = (list: BlockList, address: string): boolean => {
  const plain = address.split('%')[0] ?? '';
  const inner = embedded(plain);
  return list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4') || (inner !== undefined && list.check(inner, 'ipv4'));
};

/** Whether an address is one of the wide internet. */
export const isPublic = (address: string): boolean =>
  !isIn(privateNetworks, address) && !isIn(refusedNetworks, address);

export interface Reach {
  /** For messages: who is asked. */
  readonly host: string;
  /** The operator said this very address, so it is as it is meant. */
  readonly trusted: boolean;
  /** A public server sent us there: it may not send us into a private network. */
  readonly sentByPublic: boolean;
}

export class Reachable {
  readonly #allowed: BlockList;

  /** @param allowed networks that the operator lets registries be in, whatever else holds */
  constructor(
    allowed: readonly string[],
    private readonly resolve: typeof systemLookup = systemLookup,
  ) {
    this.#allowed = networks(allowed);
  }

  /** @throws TerminalError for an address that may not be asked */
  check(address: string, reach: Reach): void {
    if (reach.trusted || isIn(this.#allowed, address)) return;
    const isRefused = isIn(refusedNetworks, address) || (reach.sentByPublic && isIn(privateNetworks, address));
    if (!isRefused) return;
    const at = address === reach.host ? reach.host : `${reach.host} at ${address}`;
    throw new TerminalError(
      `${at} is not asked: an address of the machine, its link or its cloud's metadata service, or one of a private network that a public server points to. If a registry is there, run with --registry-network ${address}`,
      'AddressRefused',
    );
  }

  /** Resolves names for a connection, which is then made to nothing but the address that was checked. */
  lookupFor(reach: Reach): LookupFunction {
    return (hostname, options, callback) => {
      this.resolve(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
        if (error) {
          callback(error, '', 0);
          return;
        }
        try {
          for (const { address } of found) this.check(address, reach);
        } catch (refusal) {
          callback(refusal as NodeJS.ErrnoException, '', 0);
          return;
        }
        const [first] = found;
        if (options.all) callback(null, found);
        else callback(null, first?.address ?? '', first?.family);
      });
    };
  }
}
