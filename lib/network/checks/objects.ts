/** Names that cannot be, and one object described twice. */

import type { Network } from '../network';
import { labelProblem, objectNameProblem, placeNameProblem } from '../name';
import { objectKey, type ObjectIdentity } from '../object';
import type { Problem } from '../problem';

/** Two descriptions of one object: whichever is applied last would win. */
export function duplicateObjects(network: Network): Problem[] {
  const groups = new Map<string, ObjectIdentity[]>();
  for (const object of network.objects) {
    const identity = [object.group, object.kind, object.namespace, object.name].join('\n');
    const group = groups.get(identity);
    if (group === undefined) groups.set(identity, [object]);
    else group.push(object);
  }
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined || others.length === 0) return [];
    const value = objectKey(first.namespace, first.name);
    return [
      {
        severity: 'error',
        path: first.path,
        value,
        message: `${first.kind} ${value} is described again by ${others.map(({ path }) => path).join(', ')}`,
        fix: 'give one of them another `name`',
      },
    ];
  });
}

/** Names that Kubernetes, or refs and tickets made from them, cannot hold. */
export function impossibleNames(network: Network): Problem[] {
  const places = [...network.tracks.values(), ...network.stations.values()];
  return [
    ...places.flatMap(({ path, name }) => wrong(path, name, placeNameProblem(name), 'set a shorter or plainer `name`')),
    ...[...network.applications.values()].flatMap(({ path, name }) =>
      wrong(path, name, objectNameProblem(name), 'set a plainer `name`'),
    ),
    ...impossibleNamespaces(network),
  ];
}

function impossibleNamespaces(network: Network): Problem[] {
  const places = [...network.tracks.values(), ...network.stations.values(), ...network.applications.values()];
  const first = new Map(places.map(({ namespace, path }) => [namespace, path] as const).reverse());
  return [...first].flatMap(([namespace, path]) =>
    namespace === '' ? [] : wrong(path, namespace, labelProblem(namespace), 'set another namespace'),
  );
}

function wrong(path: string, value: string, problem: string | undefined, fix: string): Problem[] {
  return problem === undefined
    ? []
    : [{ severity: 'error', path, value, message: `the name '${value}' ${problem}`, fix }];
}
