/** The page: sign-in, or the map with what it is asked about beside it. */

import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import type { Me } from '../protocol';
import type { World } from '../view/world';
import { api, Refused, wordsOf, type Ways } from './api';
import { follow, type Link } from './connection';
import { Clock, Session } from './context';
import { Header } from './header';
import { LineMap } from './map/line-map';
import { Panel } from './panel/panel';
import { goBack, usePlace } from './route';
import { SignIn } from './sign-in';

type Door =
  | { readonly state: 'asking' }
  | { readonly state: 'shut'; readonly ways: Ways; readonly ended: boolean }
  | { readonly state: 'in'; readonly me: Me };

const FIRST_PAUSE_MS = 1_000;

export function App() {
  const [door, setDoor] = useState<Door>({ state: 'asking' });
  const [trouble, setTrouble] = useState<string>();

  const knock = useCallback(async (): Promise<void> => {
    try {
      const me = await api.me();
      goBack();
      setDoor({ state: 'in', me });
      setTrouble(undefined);
    } catch (error) {
      if (error instanceof Refused && error.code === 401) {
        setDoor({ state: 'shut', ways: error.signIn, ended: false });
        setTrouble(undefined);
      } else {
        setTrouble(wordsOf(error));
        setTimeout(() => void knock(), FIRST_PAUSE_MS);
      }
    }
  }, []);
  useEffect(() => void knock(), [knock]);

  if (door.state === 'shut') {
    const { ways, ended } = door;
    return <SignIn ways={ways} ended={ended} onSignedIn={(me) => setDoor({ state: 'in', me })} />;
  }
  if (door.state === 'asking') return <Waiting words={trouble ?? 'Looking at the cluster…'} />;
  return (
    <Station
      me={door.me}
      onSignedOut={(ways) => setDoor({ state: 'shut', ways, ended: true })}
      onLeave={() => void api.signOut().finally(() => void knock())}
    />
  );
}

const Waiting = ({ words }: { words: string }) => (
  <main class="waiting">
    <span class="roundel" aria-hidden="true" />
    <p role="status">{words}</p>
  </main>
);

interface StationProps {
  readonly me: Me;
  readonly onSignedOut: (ways: Ways) => void;
  readonly onLeave: () => void;
}

function Station({ me, onSignedOut, onLeave }: StationProps) {
  const [world, setWorld] = useState<World>();
  const [link, setLink] = useState<Link>('connecting');
  const [ahead, setAhead] = useState(0);
  const [namespace, setNamespace] = useState('');
  const place = usePlace();
  useEffect(
    () =>
      follow({
        world: setWorld,
        link: setLink,
        signedOut: onSignedOut,
        // A clock that is a little off would make countdowns jump for nothing.
        clock: (now) => setAhead((before) => (Math.abs(now - before) > 2_000 ? now : before)),
      }),
    [],
  );
  const seen = useMemo(() => (world === undefined ? undefined : within(world, namespace)), [world, namespace]);
  if (world === undefined || seen === undefined) {
    return <Waiting words={link === 'lost' ? 'Not connected. Trying again…' : 'Looking at the cluster…'} />;
  }
  return (
    <Session.Provider value={me}>
      <Clock.Provider value={ahead}>
        <div class={place === undefined ? 'page' : 'page with-subject'}>
          <Header
            me={me}
            world={world}
            link={link}
            namespace={namespace}
            onNamespace={setNamespace}
            onLeave={onLeave}
          />
          <main class="stage">
            <h1 class="unseen">Line map</h1>
            <LineMap world={seen} place={place} />
            <Panel world={world} seen={seen} place={place} />
          </main>
        </div>
      </Clock.Provider>
    </Session.Provider>
  );
}

function within(world: World, namespace: string): World {
  if (namespace === '') return world;
  const only = <T extends { readonly metadata: { readonly namespace: string } }>(
    objects: ReadonlyMap<string, T>,
  ): ReadonlyMap<string, T> => new Map([...objects].filter(([, { metadata }]) => metadata.namespace === namespace));
  return {
    tracks: only(world.tracks),
    stations: only(world.stations),
    tickets: only(world.tickets),
    applications: world.applications,
  };
}
