/** What a chart is: where its rows come from, what they mean, and how they are drawn. charts.ts has the charts. */
import type { TypedDocument } from '../graphql/client.ts'
import type en from '../i18n/en/insights.json'

/** What a value is, so that it can be written as people write it. */
export type Kind =
  | 'day'
  | 'week'
  | 'hour'
  | 'time'
  | 'text'
  | 'outcome'
  | 'feedback'
  | 'proposal'
  | 'status'
  | 'count'
  | 'share'
  | 'milliseconds'
  | 'hours'
  | 'dollars'
  | 'purpose'

export type Value = string | number | null
export type Row = Record<string, Value>

export interface Column {
  /** The field in GraphQL; its title is the text `columns.<name>`. */
  name: keyof typeof en.columns
  as: Kind
}

/** What the page's filters are to a document's variables and a function's arguments. */
export interface Variables {
  since: string
  until: string
  category?: string | null
  site?: string | null
  timezone?: string
  after?: string | null
}
export type Argument = Exclude<keyof Variables, 'after'>

export interface Series {
  name: string
  as: Kind
  /** A line instead of bars; on an axis of its own at the right. */
  line?: 'left' | 'right'
}

export type Form =
  | {
      kind: 'series'
      x: Column['name']
      series: Series[]
    }
  /**
   * A series for each value of `by`, stacked: rows of (x, by, value). order: the values one knows of, so that each
   * keeps its colour whatever the filters leave.
   */
  | {
      kind: 'split'
      x: Column['name']
      by: Column['name']
      value: Column['name']
      order: readonly string[]
    }
  /** The first of a list, longest bar first; each leads somewhere. */
  | { kind: 'ranking'; label: Column['name'][]; value: Column['name']; to: (row: Row) => string | null }

export interface ChartOf<Data> {
  /** The SQL function, unless `sql` says otherwise; and the key of its texts: `charts.<name>`. */
  name: keyof typeof en.charts
  document: TypedDocument<Data, Variables>
  rows(data: Data): Page
  /** The function's arguments, in its order. */
  takes: readonly Argument[]
  columns: readonly Column[]
  form: Form
  /** Adds what the function does not say, such as where a row leads. */
  complete?(rows: Row[], signal: AbortSignal): Promise<Row[]>
  /** The statement that gives the rows, where no function of that name does. */
  sql?(variables: Variables): string
  /** Rows as they are drawn, where the table says more than the drawing. */
  drawn?(rows: Row[]): Row[]
}

export interface Page {
  nodes: readonly object[]
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
}

export type Chart = ChartOf<unknown>
