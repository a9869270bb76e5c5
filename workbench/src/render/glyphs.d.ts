declare module 'virtual:glyphs' {
  /** `s:f109`: family (solid or brands) and code point of each icon's name. */
  const glyphs: Record<string, string>;
  export default glyphs;
}
