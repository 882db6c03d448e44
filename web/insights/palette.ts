/**
 * Colours of series, told apart by people with any colour vision and 3 : 1 against the page in both themes (after
 * Okabe and Ito). Never the only difference: bars have patterns, lines have dashes, and the legend shows both.
 */
export const colours = {
  light: ['#0072b2', '#b34700', '#00785a', '#8e4585', '#6b6b00', '#565656'],
  dark: ['#56b4e9', '#e69f00', '#2fc49a', '#d99abf', '#f0e442', '#bdbdbd'],
}

export const dashes = [undefined, '6 4', '2 3', '10 3 2 3']

/** Strokes of an 8 × 8 tile; the first series is plain. */
export const patterns = [
  null,
  'M-2 2 L2 -2 M0 8 L8 0 M6 10 L10 6',
  'M0 4 H8',
  'M-2 6 L2 10 M0 0 L8 8 M6 -2 L10 2',
  'M4 0 V8',
  'M0 4 H8 M4 0 V8',
]
