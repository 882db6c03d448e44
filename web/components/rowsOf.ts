/** The rows of a connection; the schema allows for missing ones. */
export const rowsOf = <Row>(connection: { nodes: readonly (Row | null)[] } | null | undefined): Row[] =>
  (connection?.nodes ?? []).filter((row): row is Row => row !== null)
