/**
 * A renderer that shows what it was given: the words of base and overlay, and the images that the base names. What is
 * on a rendered branch can so be told from its files alone.
 */

import { TerminalError } from '../../../runtime/errors';
import type { Rendered, Renderer } from '../../../runtime/render';
import type { Process } from './process';

const NAME = { name: 'yaml', version: 'simulated' } as const;
const decoder = new TextDecoder();

export function simulatedRenderer(process: Process): Renderer {
  return {
    async render({ files, overlay, application }): Promise<Rendered> {
      const text = (path: string): string | undefined => {
        const bytes = files.get(path);
        return bytes === undefined ? undefined : decoder.decode(bytes);
      };
      const [base, own, images] = [text('base/config'), text(`${overlay}/config`), text('base/images')];
      if (base === undefined || own === undefined || images === undefined) {
        throw new TerminalError(`"${overlay}" lacks its files`, 'RenderFailed');
      }
      return process.call(
        `render ${application.name}`,
        () => {
          if (own.includes('broken')) throw new TerminalError(`"${overlay}" is broken`, 'RenderFailed');
          return {
            manifests: [
              {
                apiVersion: 'apps/v1',
                kind: 'Deployment',
                metadata: { name: 'web' },
                base,
                overlay: own,
                containers: images.split('\n').map((image) => ({ image })),
              },
            ],
            renderer: NAME,
          };
        },
        { kind: 'read' },
      );
    },
    close: async () => undefined,
  };
}
