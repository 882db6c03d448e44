/** The rules of both providers for JSON schemas that a model's answer must follow, and an object that follows one. */

export type JsonSchema = {
  type?: string | string[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  enum?: unknown[]
  const?: unknown
  anyOf?: JsonSchema[]
  $ref?: string
  $defs?: Record<string, JsonSchema>
  description?: string
  [keyword: string]: unknown
}

const common = [
  'type',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'enum',
  'const',
  'anyOf',
  '$ref',
  '$defs',
  'definitions',
  '$schema',
  'title',
  'description',
  'format',
  'pattern',
]
const allowed = {
  openai: new Set([
    ...common,
    'multipleOf',
    'minimum',
    'maximum',
    'exclusiveMinimum',
    'exclusiveMaximum',
    'minItems',
    'maxItems',
  ]),
  // Of minItems only 0 and 1, and no bounds of numbers or lengths.
  anthropic: new Set([...common, 'allOf', 'default', 'minItems']),
}

/** What the provider would find wrong with it; null if nothing. */
export function schemaMistake(schema: unknown, provider: 'openai' | 'anthropic'): string | null {
  if (typeof schema !== 'object' || schema === null || (schema as JsonSchema).type !== 'object')
    return `schema must be a JSON Schema of 'type: "object"', got 'type: "${(schema as JsonSchema)?.type}"'.`
  let properties = 0
  const visit = (node: JsonSchema, path: string[]): string | null => {
    const context = `In context=(${path.map((part) => `'${part}'`).join(', ')})`
    if (path.filter((part) => part === 'properties').length > 10)
      return `${context}, schema is nested too deeply.`
    for (const keyword of Object.keys(node))
      if (!allowed[provider].has(keyword)) return `${context}, '${keyword}' is not permitted.`
    if (provider === 'anthropic' && node.minItems !== undefined && Number(node.minItems) > 1)
      return `${context}, minItems must be 0 or 1.`
    if (typeof node.$ref === 'string' && !node.$ref.startsWith('#'))
      return `${context}, external references are not permitted.`
    if (node.type === undefined && !('$ref' in node || 'anyOf' in node || 'enum' in node || 'const' in node))
      if (!('allOf' in node)) return `${context}, schema must have a 'type' key.`
    if ([node.type].flat().includes('object')) {
      if (node.additionalProperties !== false)
        return `${context}, 'additionalProperties' is required to be supplied and to be false.`
      const names = Object.keys(node.properties ?? {})
      properties += names.length
      const missing = names.find((name) => !node.required?.includes(name))
      if (provider === 'openai' && missing !== undefined)
        return `${context}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`
      const extra = node.required?.find((name) => !names.includes(name))
      if (extra !== undefined) return `${context}, 'required' names '${extra}', which is no property.`
    }
    if ([node.type].flat().includes('array') && !node.items) return `${context}, array schema missing items.`
    if (node.enum && (node.enum.length === 0 || node.enum.length > 1000))
      return `${context}, an enum has 1 to 1000 values.`
    const children: [string[], JsonSchema][] = [
      ...Object.entries(node.properties ?? {}).map(
        ([name, child]) => [[...path, 'properties', name], child] as [string[], JsonSchema],
      ),
      ...Object.entries(node.$defs ?? {}).map(
        ([name, child]) => [['$defs', name], child] as [string[], JsonSchema],
      ),
      ...(node.items ? [[[...path, 'items'], node.items] as [string[], JsonSchema]] : []),
      ...(node.anyOf ?? []).map(
        (child, index) => [[...path, 'anyOf', String(index)], child] as [string[], JsonSchema],
      ),
    ]
    for (const [where, child] of children) {
      const mistake = visit(child, where)
      if (mistake) return mistake
    }
    return null
  }
  const mistake = visit(schema as JsonSchema, [])
  if (mistake) return mistake
  return properties > 5000 ? 'schema has more than 5000 properties.' : null
}

/** An object of the schema; `choose` picks what the schema leaves open. */
export function fill(
  schema: JsonSchema,
  choose: (name: string, schema: JsonSchema) => unknown,
  name = '',
  root: JsonSchema = schema,
): unknown {
  if (schema.$ref) {
    const target = schema.$ref
      .replace(/^#\/?/, '')
      .split('/')
      .filter(Boolean)
      .reduce<unknown>((node, part) => (node as Record<string, unknown>)[part], root)
    return fill(target as JsonSchema, choose, name, root)
  }
  const chosen = choose(name, schema)
  if (chosen !== undefined) return chosen
  if ('const' in schema) return schema.const
  if (schema.enum) return schema.enum[0]
  if (schema.anyOf) {
    const nothing = schema.anyOf.find((option) => option.type === 'null')
    return nothing ? null : fill(schema.anyOf[0]!, choose, name, root)
  }
  const type = [schema.type].flat()
  if (type.includes('null')) return null
  if (type.includes('object'))
    return Object.fromEntries(
      Object.entries(schema.properties ?? {}).map(([key, child]) => [key, fill(child, choose, key, root)]),
    )
  if (type.includes('array')) return []
  if (type.includes('boolean')) return false
  if (type.includes('integer') || type.includes('number')) return Number(schema.minimum ?? 0)
  return ''
}
