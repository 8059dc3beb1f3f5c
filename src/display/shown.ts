/**
 * The form in which values show themselves in notebooks.
 *
 * @module
 */

/** Forms in which a value can be shown, by their MIME types. */
export type Shown = Record<string, string>;
