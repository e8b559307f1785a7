/** RFC 3339 in whole seconds, as Kubernetes writes times. */
export function timestamp(time: Date): string {
  return time.toISOString().replace(/\.\d{3}Z$/, 'Z');
}
