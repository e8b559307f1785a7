/** What is used of the layout library; its own declarations cannot be read by a compiler that resolves as Node does. */
declare module '@dagrejs/dagre' {
  interface Placement {
    readonly x?: number;
    readonly y?: number;
    readonly width?: number;
    readonly height?: number;
  }

  export class Graph {
    constructor(options: { directed: boolean });
    setGraph(options: { rankdir: 'LR'; nodesep: number; ranksep: number; edgesep: number }): void;
    setDefaultEdgeLabel(label: () => object): void;
    setNode(key: string, size: { width: number; height: number }): void;
    setEdge(from: string, to: string, options: { weight: number }): void;
    edges(): { readonly v: string; readonly w: string }[];
    node(key: string): Placement;
    edge(from: string, to: string): { readonly points?: { readonly x: number; readonly y: number }[] };
    graph(): Placement;
  }

  export function layout(graph: Graph): void;
}
