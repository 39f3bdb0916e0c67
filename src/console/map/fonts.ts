/** Labels are drawn with the system's font: no glyph files are served. */
export const FONT = ['Arial'];
