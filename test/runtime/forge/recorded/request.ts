/** A pull request, in the parts of which servers make their answers. */
export interface Recorded {
  readonly number: number;
  readonly state: 'Open' | 'Merged' | 'Closed';
  readonly source: string;
  readonly target: string;
  readonly title: string;
  readonly body: string;
  readonly head: string;
  readonly merged?: string | undefined;
}

/** Where the target stood. */
export const BASE = '2a0f2e423a12c5d80bb7b73d7fd12b25746e303e';
