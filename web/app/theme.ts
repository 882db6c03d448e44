/** Colours, sizes and defaults of the components. Contrasts hold WCAG 2.2 AA in both themes: axe checks them. */
import {
  type CSSVariablesResolver,
  createTheme,
  darken,
  defaultCssVariablesResolver,
  type MantineColorsTuple,
  type MantineTheme,
} from '@mantine/core'

export const theme = createTheme({
  primaryColor: 'teal',
  // Dark enough for white text.
  primaryShade: 9,
  autoContrast: true,
  // Where black and white text contrast equally.
  luminanceThreshold: 0.179,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "SF Mono", Menlo, Consolas, monospace',
  headings: { fontWeight: '650' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.5 } } },
    Table: { defaultProps: { verticalSpacing: 'xs' } },
  },
})

const shades = (theme: MantineTheme, textOf: (color: MantineColorsTuple) => string) =>
  Object.fromEntries(
    Object.keys(theme.colors).flatMap((color) => [
      // Text of the light, outline and subtle variants, such as badges and quiet buttons.
      [`--mantine-color-${color}-light-color`, textOf(theme.colors[color]!)],
      [`--mantine-color-${color}-outline`, textOf(theme.colors[color]!)],
      [`--mantine-color-${color}-text`, textOf(theme.colors[color]!)],
      // Darker, not lighter: white text stands on it.
      [`--mantine-color-${color}-filled-hover`, darken(theme.colors[color]![9], 0.12)],
    ]),
  )

export const cssVariables: CSSVariablesResolver = (theme) => {
  const base = defaultCssVariablesResolver(theme)
  return {
    variables: base.variables,
    light: {
      ...base.light,
      // Yellow is the lightest: with less its badges fail.
      ...shades(theme, (color) => darken(color[9], 0.3)),
      '--mantine-color-dimmed': '#566069',
      '--mantine-color-placeholder': '#5f6a73',
      '--mantine-color-error': theme.colors.red![9]!,
      // As dark as the text of the light variants: links stand in rows that are marked with them too.
      '--mantine-color-anchor': darken(theme.colors.teal![9]!, 0.25),
      '--clubos-added': '#e0f5e6',
      '--clubos-added-strong': '#a6e3b6',
      '--clubos-removed': '#fdeaea',
      '--clubos-removed-strong': '#f6bcbc',
      '--clubos-sunken': theme.colors.gray![0]!,
    },
    dark: {
      ...base.dark,
      ...shades(theme, (color) => color[2]),
      '--mantine-color-dimmed': '#a9b1b9',
      '--mantine-color-placeholder': '#a0a8b0',
      '--mantine-color-error': theme.colors.red![3]!,
      '--mantine-color-anchor': theme.colors.teal![3]!,
      '--clubos-added': '#17331f',
      '--clubos-added-strong': '#1b552e',
      '--clubos-removed': '#3b1d1f',
      '--clubos-removed-strong': '#7c2d31',
      '--clubos-sunken': theme.colors.dark![8]!,
    },
  }
}
