/** The band above the map: who we are, what to look for, and whether what is shown is true right now. */

import { useMemo, useState } from 'preact/hooks';
import type { Me } from '../protocol';
import type { World } from '../view/world';
import type { Link } from './connection';
import { addressTo, close, goTo, type Subject } from './route';

interface HeaderProps {
  readonly me: Me;
  readonly world: World;
  readonly link: Link;
  /** Empty for all. */
  readonly namespace: string;
  readonly onNamespace: (namespace: string) => void;
  readonly onLeave: () => void;
}

const LINKS: Readonly<Record<Link, string>> = { live: 'Live', connecting: 'Connecting…', lost: 'Not connected' };

export function Header({ me, world, link, namespace, onNamespace, onLeave }: HeaderProps) {
  return (
    <header class="band">
      <a class="brand" href="#/" aria-label="K8sTA: all that is under way">
        <span class="roundel" aria-hidden="true" />
        <span aria-hidden="true">K8sTA</span>
      </a>
      <Search world={world} />
      <span class="spring" />
      {me.namespaces.length > 1 && (
        <select
          aria-label="Namespace"
          value={namespace}
          onChange={({ currentTarget }) => {
            onNamespace(currentTarget.value);
            close();
          }}
        >
          <option value="">All namespaces</option>
          {me.namespaces.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      )}
      <span class={`link ${link}`} role="status">
        {LINKS[link]}
      </span>
      {me.signIn !== 'open' && (
        <span class="me">
          <span class="name">{me.name}</span>
          <button type="button" class="plain" onClick={onLeave}>
            Sign out
          </button>
        </span>
      )}
    </header>
  );
}

interface Hit {
  readonly subject: Subject;
  readonly key: string;
}

const MOST_HITS = 12;

function Search({ world }: { world: World }) {
  const [text, setText] = useState('');
  const hits = useMemo(() => (text.trim() === '' ? [] : find(world, text.trim().toLowerCase())), [world, text]);
  const go = ({ subject, key }: Hit): void => {
    const slash = key.indexOf('/');
    goTo({ subject, namespace: key.slice(0, slash), name: key.slice(slash + 1) });
    setText('');
  };
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        if (hits[0] !== undefined) go(hits[0]);
      }}
    >
      <input
        type="search"
        placeholder="Find a station, ticket or track"
        aria-label="Find a station, ticket or track"
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setText('');
        }}
      />
      {text.trim() !== '' && (
        <ul class="hits" aria-label="Found">
          {hits.map((hit) => (
            <li key={`${hit.subject} ${hit.key}`}>
              <a href={addressTo(hit.subject, hit.key)} onClick={() => setText('')}>
                <span class="kind">{hit.subject}</span> {hit.key}
              </a>
            </li>
          ))}
          {hits.length === 0 && <li class="none">Nothing has that in its name</li>}
        </ul>
      )}
    </form>
  );
}

function find({ stations, tracks, tickets }: World, text: string): Hit[] {
  const kinds: readonly (readonly [Subject, ReadonlyMap<string, unknown>])[] = [
    ['station', stations],
    ['track', tracks],
    ['ticket', tickets],
  ];
  return kinds
    .flatMap(([subject, objects]) =>
      [...objects.keys()].filter((key) => key.toLowerCase().includes(text)).map((key): Hit => ({ subject, key })),
    )
    .slice(0, MOST_HITS);
}
