/** The colours of lines: told apart from one another, with and without full sight of colour, on light and dark ground. */

/** One colour for each index of a line, on light ground. */
export const LIGHT = [
  '#0067b1',
  '#e0451f',
  '#00843d',
  '#8d3ca4',
  '#c98a00',
  '#00919b',
  '#d4246f',
  '#7a5230',
  '#5161d6',
  '#5f7f12',
] as const;

/** The same on dark ground. */
export const DARK = [
  '#4aa8ff',
  '#ff7a55',
  '#38c172',
  '#c98aeb',
  '#f2b93b',
  '#35c9d2',
  '#ff6fae',
  '#c79a6e',
  '#93a0ff',
  '#a9cc4e',
] as const;
