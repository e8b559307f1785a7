/** The floor of a push: objects from memory, one hand-made request to receive-pack, and nothing else. */

import { encodeCommit, parseTree, type EncodedObject, type ObjectType, type TreeRow } from '../runtime/git/objects';
import { packEntry, packOf } from '../runtime/git/pack';
import { editTree } from '../runtime/git/tree-edit';
import { AUTHOR } from './repositories';

/** Branches that each change two files in every round, as an arrival does. */
export class DirectPush {
  private readonly trees = new Map<string, TreeRow[]>();
  private heads: readonly ({ readonly tree: string; readonly commit: string } | undefined)[];
  private round = 0;

  constructor(
    private readonly url: string,
    private readonly branches: readonly string[],
  ) {
    this.heads = branches.map(() => undefined);
  }

  async run(): Promise<void> {
    this.round += 1;
    const made = await Promise.all(this.heads.map((head, at) => this.make(head, `${at}: ${this.round}`)));
    const commands = this.branches.map((branch, at) => {
      const from = this.heads[at]?.commit ?? '0'.repeat(40);
      const abilities = at === 0 ? '\0report-status atomic agent=bench\n' : '';
      const line = `${from} ${made[at]?.commit} refs/heads/${branch}${abilities}`;
      return `${(Buffer.byteLength(line) + 4).toString(16).padStart(4, '0')}${line}`;
    });
    const pack = await packed(made.flatMap(({ objects }) => objects));
    const response = await fetch(`${this.url}/git-receive-pack`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-git-receive-pack-request' },
      body: Buffer.concat([Buffer.from(`${commands.join('')}0000`), pack]),
    });
    const answer = await response.text();
    if (answer.includes('ng ') || !answer.includes('unpack ok')) throw new Error(`receive-pack said ${answer}`);
    this.heads = made;
  }

  private async make(head: { readonly tree: string; readonly commit: string } | undefined, text: string) {
    const write = ['configmap_web.yaml', 'deployment_web.yaml', '.k8sta/state.yaml'].map(
      (path, at) => [path, Buffer.from(at === 0 ? 'the same' : `${path}: ${text}\n`)] as const,
    );
    const edit = await editTree(async (oid) => this.trees.get(oid) ?? [], head?.tree, [], new Map(write));
    for (const { oid, bytes } of edit.objects) {
      if (bytes.toString('latin1', 0, 5) === 'tree ')
        this.trees.set(oid, parseTree(bytes.subarray(bytes.indexOf(0) + 1)));
    }
    const date = new Date(Date.UTC(2026, 0, 1));
    const commit = encodeCommit({ tree: edit.oid, parent: head?.commit, author: AUTHOR, date, message: text });
    return { tree: edit.oid, commit: commit.oid, objects: [...edit.objects, commit] };
  }
}

async function packed(all: readonly EncodedObject[]): Promise<Buffer> {
  const objects = [...new Map(all.map((object) => [object.oid, object])).values()];
  const entries = objects.map(({ oid, bytes }) => {
    const end = bytes.indexOf(0);
    const [type = ''] = bytes.toString('latin1', 0, end).split(' ');
    // They were made a moment ago.
    return packEntry(oid, type as ObjectType, bytes.subarray(end + 1));
  });
  return packOf(await Promise.all(entries));
}
