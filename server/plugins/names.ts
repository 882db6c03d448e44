/** `id` is a row's key, as in the database; the global object id of Relay is `nodeId`. */
import type { GraphileConfig } from 'graphile-config'

export const namesPlugin: GraphileConfig.Plugin = {
  name: 'ClubosNamesPlugin',
  version: '1.0.0',
  after: ['PgAttributesPlugin'],
  inflection: {
    replace: {
      // biome-ignore lint/suspicious/noExplicitAny: the plugin API types its inflectors by declaration merging
      _attributeName(previous: any, _options: unknown, details: any) {
        const name = previous(details)
        return !details.skipRowId &&
          name === 'row_id' &&
          details.attributeName === 'id' &&
          !details.codec.isAnonymous
          ? 'id'
          : name
      },
      // A connection has a `first` of its own; a function's says with `@firstArgument most` what its own is called.
      // biome-ignore lint/suspicious/noExplicitAny: as above
      argument(previous: any, _options: unknown, details: any) {
        const { firstArgument } = details.resource?.extensions?.tags ?? {}
        return details.param.name === 'first' && firstArgument ? firstArgument : previous(details)
      },
      // As browsers write it (PushSubscription), not p256Dh.
      // biome-ignore lint/suspicious/noExplicitAny: as above
      camelCase(previous: any, _options: unknown, text: string) {
        return text === 'p256dh' ? text : previous(text)
      },
      nodeIdFieldName() {
        return 'nodeId'
      },
    },
  } as never,
}
