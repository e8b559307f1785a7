/**
 * The page that people look at, and the map that it is built around.
 * Lives here: the layout of the map and its pictures, the words of the page (pure, used by the command as well), and in
 * `page/` what runs in a browser. May not: see a cluster, Git or anything else of the runtime but pure words.
 */

export { layOutMap } from './layout';
export type { Direction } from './layout';
export { drawSvg } from './map/svg';
export { drawText } from './map/text';
