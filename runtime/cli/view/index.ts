/**
 * What a person sees of a network that rides: resources in, lines of text out.
 * Lives here: the picture of the lines and the sentence for each transition. May not: read a cluster, a clock, a
 * terminal or the environment; width, time and colours are handed in.
 */

export type { ApplicationState, Snapshot } from './snapshot';
export type { Palette } from './text';
export { plainPalette } from './text';
export { drawNetwork, type DrawOptions } from './draw';
export { transitions, type Transition } from './transitions';
