/**
 * Published Helm charts: their versions, and their archives, fetched from OCI registries and HTTP indexes, checked by
 * digest, kept on disk. Lives here: where an archive is found, and its cache. May not: unpack a chart, or know what renders it.
 */

export { createCharts, type Charts } from './charts';
