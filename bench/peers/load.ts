// biome-ignore lint/suspicious/noExplicitAny: their types are not installed either.
export type Theirs = any

/** From node_modules beside this file, which the rest of the project knows nothing of. */
export const load = (module: string): Promise<Theirs> => import(module)
