import type { EntryGates, ExitGates } from './api';
import type { EntryGate, ExitGate } from './gate';
import { objectKey } from './network/object';

/** All entry gates of a station as its resource says them; the order in which they were given stays. */
export function mergeEntry(gates: readonly EntryGate[], namespace: string | undefined): EntryGates | undefined {
  if (gates.length === 0) return undefined;
  const conditions = gates.map((gate) => gate.condition);
  const windows = conditions.flatMap((each) => (each.type === 'window' ? [each.window] : []));
  const tracks = conditions
    .flatMap((each) => (each.type === 'completed' ? each.tracks : []))
    .map((track) =>
      track.namespace === undefined || track.namespace === namespace
        ? track.name
        : objectKey(track.namespace, track.name),
    );
  return {
    ...(conditions.some((each) => each.type === 'approval') && { approval: {} }),
    ...(windows.length > 0 && { windows }),
    ...(tracks.length > 0 && { completed: { tracks: [...new Set(tracks)] } }),
  };
}

/** All exit gates of a station as its resource says them. */
export function mergeExit(gates: readonly ExitGate[]): ExitGates | undefined {
  if (gates.length === 0) return undefined;
  const conditions = gates.map((gate) => gate.condition);
  const soak = conditions.flatMap((each) => (each.type === 'soak' ? [each.duration] : []))[0];
  const analyses = conditions.flatMap((each) => (each.type === 'analysis' ? [each.analysis] : []));
  return { ...(soak !== undefined && { soak }), ...(analyses.length > 0 && { analyses }) };
}
