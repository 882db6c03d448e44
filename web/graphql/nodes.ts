/** The rows of a connection; its type allows for gaps, which there are none of. */
export const nodesOf = <Node>(connection: { nodes: readonly (Node | null)[] } | null | undefined): Node[] =>
  connection?.nodes.filter((node) => node !== null) ?? []
