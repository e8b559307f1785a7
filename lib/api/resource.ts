/** The three kinds as Kubernetes objects. */

import { type API_VERSION } from './names';
import type { StationSpec, StationStatus } from './station';
import type { TicketSpec, TicketStatus } from './ticket';
import type { TrackSpec, TrackStatus } from './track';

/** The part of Kubernetes' object metadata that K8sTA reads. */
export interface Metadata {
  name: string;
  namespace: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  /** RFC 3339. */
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface Resource<Kind extends string, Spec, Status> {
  apiVersion: typeof API_VERSION;
  kind: Kind;
  metadata: Metadata;
  spec: Spec;
  status?: Status;
}

export type Track = Resource<'Track', TrackSpec, TrackStatus>;
export type Station = Resource<'Station', StationSpec, StationStatus>;
export type Ticket = Resource<'Ticket', TicketSpec, TicketStatus>;

/** How Kubernetes calls our kinds. */
export const KINDS = {
  Track: { kind: 'Track', plural: 'tracks', singular: 'track', shortNames: ['tk'] },
  Station: { kind: 'Station', plural: 'stations', singular: 'station', shortNames: ['st'] },
  Ticket: { kind: 'Ticket', plural: 'tickets', singular: 'ticket', shortNames: ['tt'] },
} as const;
export type Kind = keyof typeof KINDS;
