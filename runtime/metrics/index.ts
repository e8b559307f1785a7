/**
 * What is counted and measured, in Prometheus' conventions and on a registry that is handed about, never a global one.
 * Lives here: names, labels and buckets. May not live here: when something is counted, which is the business of whoever
 * does it, and anything whose values are unbounded, such as the name of a track, as a label.
 */
export { type ApiMeasure, Metrics, type Sources } from './metrics';
