/** What the page is about, kept in the address so that it can be sent to somebody. */

import { useEffect, useState } from 'preact/hooks';

export type Subject = 'station' | 'ticket' | 'track';

export interface Place {
  readonly subject: Subject;
  readonly namespace: string;
  readonly name: string;
}

const SUBJECTS: readonly string[] = ['station', 'ticket', 'track'] satisfies Subject[];
const isSubject = (text: string): text is Subject => SUBJECTS.includes(text);

const addressOf = ({ subject, namespace, name }: Place): string =>
  `#/${subject}/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;

/** The address of an object by `<namespace>/<name>`. */
export function addressTo(subject: Subject, key: string): string {
  const slash = key.indexOf('/');
  return addressOf({ subject, namespace: key.slice(0, slash), name: key.slice(slash + 1) });
}

function placeIn(hash: string): Place | undefined {
  const [, subject = '', namespace, name] = hash.split('/');
  if (!isSubject(subject) || namespace === undefined || name === undefined) return undefined;
  try {
    return { subject, namespace: decodeURIComponent(namespace), name: decodeURIComponent(name) };
  } catch {
    return undefined;
  }
}

export function usePlace(): Place | undefined {
  const [place, setPlace] = useState(() => placeIn(location.hash));
  useEffect(() => {
    const follow = (): void => setPlace(placeIn(location.hash));
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  return place;
}

const LEFT = 'k8sta-left';

/** Keeps the place while somebody is away to sign in, in this tab alone. */
export function leaveFrom(): void {
  if (placeIn(location.hash) !== undefined) sessionStorage.setItem(LEFT, location.hash);
}

/** Back to where somebody was before they went away to sign in, unless they have come by an address that names a place. */
export function goBack(): void {
  const left = sessionStorage.getItem(LEFT);
  sessionStorage.removeItem(LEFT);
  const place = left === null ? undefined : placeIn(left);
  if (place !== undefined && placeIn(location.hash) === undefined) goTo(place);
}

export const goTo = (place: Place): void => {
  location.hash = addressOf(place);
};

/** Back to the board. */
export const close = (): void => {
  location.hash = '#/';
};
