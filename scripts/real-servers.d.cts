/** Builds the servers that are missing, one after another, all of them by default; `say` gets a line of progress now and then. */
export function buildServers(names?: readonly string[], say?: (line: string) => void): Promise<void>;
/** The path of a server's program in the cache, or of a file or folder that lies beside it. */
export function serverFile(name: string, file?: string): string;
