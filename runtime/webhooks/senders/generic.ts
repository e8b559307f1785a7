/** Anything that can send a request: a pipeline's last step, a registry that is not known here. */

import { at, textAt, textsAt } from '../delivery';
import { imageHint, sourceHint } from '../hint';
import { signedWithTime } from '../proof';
import type { Sender } from './sender';

export const generic: Sender = {
  proof: signedWithTime('x-k8sta-signature', 'x-k8sta-time'),
  hints: (document) => {
    // In a CloudEvent it is the data.
    const said = at(document, 'specversion') === undefined ? document : at(document, 'data');
    const paths = at(said, 'paths') === undefined ? undefined : textsAt(said, 'paths');
    return [
      ...imageHint(textAt(said, 'image')),
      ...sourceHint([textAt(said, 'repository')], textAt(said, 'branch') || undefined, paths),
    ];
  },
  setUp: [
    'Send {"image": "ghcr.io/acme/web"} or {"repository": "https://git.example.com/shop.git", "branch": "main"}:',
    'time=$(date +%s)',
    `signature=$(printf '%s.%s' "$time" "$body" | openssl dgst -sha256 -hmac "$SECRET" -r | cut -d ' ' -f 1)`,
    `curl -d "$body" -H "x-k8sta-time: $time" -H "x-k8sta-signature: sha256=$signature" ADDRESS`,
  ],
};
