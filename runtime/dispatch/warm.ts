/** The renderer is made ready before the first ticket needs it: starting it takes longer than most renders. */

import { messageOf } from '../errors';
import type { Log } from '../log';
import type { Renderer } from '../render';

const OBJECT = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: warm}\n';

/** Renders one small object. What goes wrong here goes wrong again, and is told, where a ticket needs a render. */
export async function warmUp(renderer: Renderer, log: Log): Promise<void> {
  const files = new Map([
    ['warm/kustomization.yaml', new TextEncoder().encode('resources: [object.yaml]\n')],
    ['warm/object.yaml', new TextEncoder().encode(OBJECT)],
  ]);
  const request = { files, folder: '', overlay: 'warm', application: { name: 'warm', namespace: 'warm' } };
  try {
    await renderer.render(request, new AbortController().signal);
  } catch (error) {
    log.debug({ error: messageOf(error) }, 'The renderer could not be made ready in advance');
  }
}
