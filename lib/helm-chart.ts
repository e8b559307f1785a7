import valid from 'semver/functions/valid';
import { invalidProp } from './invalid-prop';

export interface HelmChartOptions {
  /** Exact version that is used until the first chart ticket, such as `2.1.0`. */
  readonly version: string;
  /**
   * Name of the chart in an index.
   *
   * @default - for `oci://`, the last part of the address; for `https://` it has to be said
   */
  readonly name?: string;
}

const ADDRESS = /^(oci|https?):\/\/[^\s/]+(\/[^\s]*)?$/;

/** A published Helm chart. */
export class HelmChart {
  /**
   * The chart at an address: `oci://registry/path/chart`, or the `https://` address of an index together with `name`.
   *
   * @throws Error when address, name or version cannot be used
   */
  static at(url: string, options: HelmChartOptions): HelmChart {
    if (!ADDRESS.test(url)) {
      throw invalidProp('url', url, 'is no chart address', "write 'oci://registry/path/chart' or 'https://index'");
    }
    if (valid(options.version) === null) {
      throw invalidProp('version', options.version, 'is no exact version', "write one such as '2.1.0'");
    }
    const address = url.replace(/\/+$/, '');
    if (!address.startsWith('oci://')) {
      if (options.name === undefined)
        throw invalidProp('url', url, 'is an index of charts', 'add the `name` of the chart');
      return new HelmChart(address, options.name, options.version);
    }
    if (options.name !== undefined) return new HelmChart(address, options.name, options.version);
    const slash = address.lastIndexOf('/');
    if (slash < 'oci://x'.length) {
      throw invalidProp('url', url, 'names a registry, but no chart', "write 'oci://registry/path/chart'");
    }
    return new HelmChart(address.slice(0, slash), address.slice(slash + 1), options.version);
  }

  private constructor(
    /** Registry path or index, without the name of the chart. */
    readonly repositoryURL: string,
    /** Name of the chart. */
    readonly name: string,
    /** Version until the first chart ticket. */
    readonly version: string,
  ) {}
}
