/** Components that are drawn anew only where something that they are given is another object. */

import { Component, createElement, type ComponentChild, type ComponentType } from 'preact';

export function memo<Props extends object>(draw: (props: Props) => ComponentChild): ComponentType<Props> {
  class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      const keys = new Set([...Object.keys(next), ...Object.keys(this.props)]) as Set<keyof Props>;
      return [...keys].some((key) => next[key] !== this.props[key]);
    }

    override render(): ComponentChild {
      return createElement(Drawn, this.props);
    }
  }
  const Drawn = (props: Props): ComponentChild => draw(props);
  return Memo;
}
