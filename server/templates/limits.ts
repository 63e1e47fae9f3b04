/** What one rendering may take. Each is named in docs/templates.md, and the thread ends with whoever gets round them. */
export const LIMITS = {
  /** Of the rendering thread's own work; waiting for a session or an object is not counted. */
  workMs: 100,
  /** Up to here the engine may say by itself at which line it was; then the thread ends. */
  endMs: 150,
  /** From beginning to end, with all waiting. */
  wholeMs: 10_000,
  /** Tags, outputs and pieces of text, each time one is rendered. */
  steps: 100_000,
  outputBytes: 1024 * 1024,
  /** Characters or elements that one value may have, and those of all values that filters make. */
  valueSize: 500_000,
  allValues: 10_000_000,
  /** Blocks, includes and renders in each other. */
  nesting: 100,
  /** Objects of the tree that are looked at, and questions about the tree and the session. */
  objects: 10_000,
  questions: 1000,
  /** Objects in one listing, where nothing is said and at most. */
  listing: 100,
  longestListing: 1000,
  heapMb: 64,
} as const;
