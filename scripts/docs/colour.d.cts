/** HTML of a text of code; undefined where nothing is known of the language that its fence names. */
export function coloured(text: string, fence: string): string | undefined;
